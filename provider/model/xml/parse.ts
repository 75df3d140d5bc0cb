import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { XmlAttribute, XmlElement, XmlNode } from "./tree.ts";

/** libvirt's own limit for one XML text on the wire (facts: 4 MiB accepted, one byte more refused). */
const sizeLimit = 4 * 1024 * 1024;
const depthLimit = 256;

export class XmlError extends Error {
  override readonly name = "XmlError";
}

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
});

/**
 * Text to tree, without loss. The only file that knows the parser.
 * @throws XmlError for text that is not well-formed, too large or too deep, or that declares a document type.
 */
export function parseXml(text: string): XmlElement {
  if (text.length > sizeLimit) throw new XmlError("is larger than the 4 MiB that libvirt takes");
  if (/<!DOCTYPE|<!ENTITY/i.test(text)) throw new XmlError("declares a document type; write it without one");
  const open = depthOf(text);
  if (open > depthLimit) throw new XmlError(`nests ${open} elements; at most ${depthLimit} are read`);
  const valid = XMLValidator.validate(text);
  if (valid !== true) {
    throw new XmlError(`does not parse at line ${valid.err.line}, column ${valid.err.col}: ${valid.err.msg}`);
  }
  const nodes = (parser.parse(text) as Raw[]).map(toNode);
  const roots = nodes.filter((node) => node.kind === "element");
  const [root] = roots;
  if (!root || roots.length !== 1) throw new XmlError("must have exactly one root element");
  return root;
}

/** @throws XmlError likewise, and when the root is not `<domain>`. */
export function parseDomainXml(text: string): XmlElement {
  const root = parseXml(text);
  if (root.name !== "domain") throw new XmlError(`has the root <${root.name}>; it must be <domain>`);
  return root;
}

type Raw = Record<string, unknown>;

function toNode(raw: Raw): XmlNode {
  const name = Object.keys(raw).find((key) => key !== ":@") ?? "";
  const value = raw[name];
  if (name === "#text") return { kind: "text", text: decode(String(value)) };
  if (name === "#comment") return { kind: "comment", text: innerText(value) };
  if (name === "#cdata") return { kind: "cdata", text: innerText(value) };
  const attributes = toAttributes(raw[":@"]);
  if (name.startsWith("?")) {
    const body = attributes.map((attribute) => `${attribute.name}="${attribute.value}"`).join(" ");
    return { kind: "instruction", target: name.slice(1), text: body };
  }
  return { kind: "element", name, attributes, children: (value as Raw[]).map(toNode) };
}

function toAttributes(raw: unknown): XmlAttribute[] {
  return Object.entries((raw ?? {}) as Record<string, string>).map(([name, value]) => ({
    name,
    value: decode(String(value).replace(/[\t\n\r]/g, " ")),
  }));
}

function innerText(value: unknown): string {
  return (value as Raw[]).map((inner) => String(inner["#text"] ?? "")).join("");
}

const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", apos: "'", quot: '"' };

function decode(text: string): string {
  return text.replace(/&([^;\s&]*);/g, (whole, name: string) => {
    const number = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
    if (number) return String.fromCodePoint(number[1] ? Number.parseInt(number[1], 16) : Number(number[2]));
    const known = named[name];
    if (known === undefined)
      throw new XmlError(`has the unknown entity ${whole}; write the character itself`);
    return known;
  });
}

function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [, close, empty] of text.matchAll(/<(\/?)[A-Za-z_][^<>]*?(\/?)>/g)) {
    if (close) depth--;
    else if (!empty) deepest = Math.max(deepest, ++depth);
  }
  return deepest;
}
