import { XMLParser } from "fast-xml-parser";
import { XmlError } from "./error.ts";
import { depthLimit, instructionMark, scanXml } from "./scan.ts";
import type { XmlAttribute, XmlDocument, XmlElement, XmlNode } from "./tree.ts";

export { XmlError };

/** libvirt's own limit for one XML text on the wire, in bytes: 4 MiB are taken, one byte more is refused. */
const sizeLimit = 4 * 1024 * 1024;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  commentPropName: "#comment",
  cdataPropName: "#cdata",
  maxNestedTags: depthLimit + 1,
  // Nothing asks for the path of an element, and printing it takes a fifth of the time.
  jPath: false,
});

/**
 * Text to tree, without loss: what stands before and after the root element too. The only file that knows
 * the parser.
 * @throws XmlError for text that is not well-formed, too large or too deep, or that declares a document type.
 */
export function parseDocument(text: string): XmlDocument {
  const isLarge = text.length > sizeLimit / 3 && new TextEncoder().encode(text).length > sizeLimit;
  if (isLarge) throw new XmlError("is larger than the 4 MiB that libvirt takes");
  const safe = scanXml(text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n"));
  const nodes = readNodes(safe);
  const at = nodes.findIndex((node) => node.kind === "element");
  const root = nodes[at];
  if (root?.kind !== "element") throw new XmlError("must have exactly one root element");
  return { before: nodes.slice(0, at), root, after: nodes.slice(at + 1) };
}

/** The root element alone. @throws XmlError as `parseDocument`. */
export function parseXml(text: string): XmlElement {
  return parseDocument(text).root;
}

/** @throws XmlError likewise, and when the root is not `<domain>`. */
export function parseDomainXml(text: string): XmlElement {
  const root = parseXml(text);
  if (root.name !== "domain") throw new XmlError(`has the root <${root.name}>; it must be <domain>`);
  return root;
}

type Raw = Record<string, unknown>;

function readNodes(text: string): XmlNode[] {
  try {
    return (parser.parse(text) as Raw[]).map(toNode);
  } catch (cause) {
    throw new XmlError(`is not read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function toNode(raw: Raw): XmlNode {
  let name = "";
  for (const key in raw) if (key !== ":@") name = key;
  const value = raw[name];
  if (name === "#text") return { kind: "text", text: decode(String(value)) };
  if (name === "#comment") return toComment(innerText(value));
  if (name === "#cdata") return { kind: "cdata", text: innerText(value) };
  return {
    kind: "element",
    name,
    attributes: toAttributes(raw[":@"] as Record<string, string> | undefined),
    children: (value as Raw[]).map(toNode),
  };
}

const none: readonly XmlAttribute[] = [];

function toAttributes(raw: Record<string, string> | undefined): readonly XmlAttribute[] {
  if (raw === undefined) return none;
  // White space in an attribute is a space, unless it is written as a reference.
  return Object.entries(raw).map(([name, value]) => ({ name, value: decode(value.replace(/[\t\n]/g, " ")) }));
}

function toComment(text: string): XmlNode {
  if (!text.startsWith(instructionMark)) return { kind: "comment", text };
  const [, target = "", body = ""] = /^(\S*)\s*([\s\S]*)$/.exec(decodeURIComponent(text.slice(1))) ?? [];
  return { kind: "instruction", target, text: body };
}

function innerText(value: unknown): string {
  return (value as Raw[]).map((inner) => String(inner["#text"] ?? "")).join("");
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", apos: "'", quot: '"' };

function decode(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex, decimal, word) => {
    if (word !== undefined) return named[word] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    const isCharacter = code <= 0x10ffff && (code >= 32 || code === 9 || code === 10 || code === 13);
    if (!isCharacter) throw new XmlError(`has the reference ${whole} to a character that XML can't hold`);
    return String.fromCodePoint(code);
  });
}
