import { XMLParser } from "fast-xml-parser";
import type { XmlElement, XmlNode } from "../../provider/model/xml/tree.ts";

/**
 * A second, independent parser for the corpus and the tests: fast-xml-parser must find the same tree as saxes
 * in every text. The product itself uses saxes alone; ARCHITECTURE.md says why.
 */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  cdataPropName: "#cdata",
  commentPropName: "#comment",
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  maxNestedTags: 1000,
  // Without it, numeric character references (&#10;) are not decoded.
  htmlEntities: true,
});

/** A node of fast-xml-parser: its name is one key, and its attributes are under ":@". */
type Parsed = Readonly<Record<string, unknown>>;

/** Parses the root element with fast-xml-parser; `null` when it rejects the text. */
export function parseSecond(text: string): unknown {
  try {
    const nodes = parser.parse(text, true) as readonly Parsed[];
    return nodes.map(plainParsed).find((node) => Array.isArray(node)) ?? null;
  } catch {
    return null;
  }
}

/**
 * Converts our tree to the form that `parseSecond` returns: `[name, attributes, children]`, `text`, `cdata`,
 * `comment`.
 */
export function plainTree(node: XmlNode): unknown {
  switch (node.kind) {
    case "element":
      return plainElement(node);
    case "instruction":
      return { instruction: node.target };
    case "text":
      return { text: node.text };
    case "cdata":
      return { cdata: node.text };
    case "comment":
      return { comment: node.text };
  }
}

function plainElement({ name, attributes, children }: XmlElement): unknown {
  const pairs = attributes.map(({ name, value }) => [name, withoutBreaks(value)]);
  return [name, pairs, children.map(plainTree)];
}

function plainParsed(node: Parsed): unknown {
  const [name = "", value] = Object.entries(node).find(([key]) => key !== ":@") ?? [];
  const inner = value as readonly Parsed[];
  if (name === "#text") return { text: value };
  if (name === "#cdata") return { cdata: inner[0]?.["#text"] ?? "" };
  if (name === "#comment") return { comment: inner[0]?.["#text"] ?? "" };
  if (name.startsWith("?")) return { instruction: name.slice(1) };
  const pairs = Object.entries((node[":@"] ?? {}) as Record<string, string>);
  return [name, pairs.map(([key, text]) => [key, withoutBreaks(text)]), inner.map(plainParsed)];
}

/** XML turns a line break in an attribute into a space; fast-xml-parser keeps it. */
function withoutBreaks(value: string): string {
  return value.replace(/[\n\t\r]/g, " ");
}
