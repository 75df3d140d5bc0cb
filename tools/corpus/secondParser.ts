import { XMLParser } from "fast-xml-parser";
import type { XmlElement, XmlNode } from "../../provider/model/xml/tree.ts";

/**
 * A second, independent reading of XML for the corpus and the tests: on every text, fast-xml-parser must find the tree
 * that saxes found. The product itself reads with saxes alone; ARCHITECTURE.md says why.
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
  // Without it numbered characters (&#10;) stay as they are written.
  htmlEntities: true,
});

/** A node of fast-xml-parser: one key that is its name, and its attributes under ":@". */
type Parsed = Readonly<Record<string, unknown>>;

/** The root element as fast-xml-parser reads it; null where it refuses the text. */
export function parseSecond(text: string): unknown {
  try {
    const nodes = parser.parse(text, true) as readonly Parsed[];
    return nodes.map(plainParsed).find((node) => Array.isArray(node)) ?? null;
  } catch {
    return null;
  }
}

/** Our tree in the form that `parseSecond` returns: `[name, attributes, children]`, and `text`, `cdata`, `comment`. */
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

/** XML reads a line break in an attribute as a space; fast-xml-parser keeps it. */
function withoutBreaks(value: string): string {
  return value.replace(/[\n\t\r]/g, " ");
}
