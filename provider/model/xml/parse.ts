import { SaxesParser } from "saxes";
import { bounded } from "../values/visible.ts";
import { XmlError } from "./error.ts";
import type { XmlAttribute, XmlDocument, XmlElement, XmlNode } from "./tree.ts";

export { XmlError };

/** libvirt's own limit for one XML text on the wire, in bytes: it accepts 4 MiB and refuses one byte more. */
const sizeLimit = 4 * 1024 * 1024;

/** Nesting depth of elements: far more than libvirt uses, and too few to exhaust the stack. */
const depthLimit = 256;

const declaration = /^\uFEFF?<\?xml\s+([\s\S]*?)\?>/;

/**
 * Parses a text without loss, with the nodes before and after the root element. Accepts only well-formed XML 1.0.
 * No other file uses the parser.
 * @throws XmlError for text that is not well-formed, too large or too deep, or that declares a document type.
 */
export function parseDocument(text: string): XmlDocument {
  const isLarge = text.length > sizeLimit / 3 && new TextEncoder().encode(text).length > sizeLimit;
  if (isLarge) throw new XmlError("is larger than the 4 MiB that libvirt takes");
  const nodes = readNodes(text);
  const at = nodes.findIndex((node) => node.kind === "element");
  const root = nodes[at];
  if (root?.kind !== "element") throw new XmlError("must have exactly one root element");
  return { before: nodes.slice(0, at), root, after: nodes.slice(at + 1) };
}

/** The root element alone. @throws XmlError as `parseDocument`. */
export function parseXml(text: string): XmlElement {
  return parseDocument(text).root;
}

/** @throws XmlError as `parseDocument`, and when the root has another name. */
export function parseRoot(text: string, name: string): XmlElement {
  const root = parseXml(text);
  if (root.name !== name) throw new XmlError(`has the root <${bounded(root.name)}>; it must be <${name}>`);
  return root;
}

/** A `<domain>`. @throws XmlError as `parseRoot` */
export function parseDomainXml(text: string): XmlElement {
  return parseRoot(text, "domain");
}

/** The root element and the nodes around it. */
function readNodes(text: string): XmlNode[] {
  const declared = declaration.exec(text)?.[1]?.trim();
  const top: XmlNode[] =
    declared === undefined ? [] : [{ kind: "instruction", target: "xml", text: declared }];
  let children = top;
  const open: {
    readonly name: string;
    readonly attributes: readonly XmlAttribute[];
    readonly beside: XmlNode[];
  }[] = [];
  const parser = new SaxesParser();
  const fail = (what: string, { line, column }: { line: number; column: number } = parser): never => {
    const within = open.at(-1);
    const place = `line ${line}, column ${column}${within ? `, in <${bounded(within.name)}>` : ""}`;
    throw new XmlError(`does not parse at ${place}: ${bounded(what)}`);
  };
  // At most seven handlers: with an eighth, V8 makes the parser a slow object, and parsing takes 1.5 × as long.
  parser.on("opentag", ({ name, attributes }) => {
    if (open.length === depthLimit) fail(`more than ${depthLimit} elements inside of one another`);
    open.push({ name, attributes: attributesOf(attributes), beside: children });
    children = [];
  });
  parser.on("closetag", () => {
    const element = open.pop();
    if (!element) return;
    const { name, attributes, beside } = element;
    // An array that was pushed to keeps room for 17 items; its copy has no spare room.
    beside.push({ kind: "element", name, attributes, children: children.slice() });
    children = beside;
  });
  parser.on("text", (between) => children.push({ kind: "text", text: between }));
  parser.on("comment", (comment) => children.push({ kind: "comment", text: comment }));
  parser.on("cdata", (cdata) => children.push({ kind: "cdata", text: cdata }));
  parser.on("processinginstruction", ({ target, body }) =>
    children.push({ kind: "instruction", target, text: body }),
  );
  parser.on("doctype", () => fail("a document type, which may name other files; write it without one"));
  try {
    parser.write(text).close();
  } catch (cause) {
    if (cause instanceof XmlError) throw cause;
    const bare = findBareAmpersand(text.slice(0, parser.position));
    if (bare) fail("& begins nothing that XML knows; write the character itself, and & as &amp;", bare);
    fail((cause as Error).message.replace(/^\d+:\d+: |\.$/g, ""));
  }
  return top;
}

/**
 * Position of the first `&` that begins no reference; the parser notices it only at the next semicolon or at the end.
 * The message does not quote the text after it, which may be part of a password.
 */
function findBareAmpersand(text: string): { line: number; column: number } | null {
  const literal = /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)/g;
  const shown = text.replace(literal, (part) => part.replaceAll("&", " "));
  const at = shown.search(/&(?!(?:lt|gt|amp|apos|quot|#\d+|#x[\da-fA-F]+);)/);
  if (at < 0) return null;
  const lines = text.slice(0, at).split(/\r\n?|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

const none: readonly XmlAttribute[] = [];

function attributesOf(values: Readonly<Record<string, string>>): readonly XmlAttribute[] {
  const names = Object.keys(values);
  return names.length === 0 ? none : names.map((name) => ({ name, value: values[name] ?? "" }));
}
