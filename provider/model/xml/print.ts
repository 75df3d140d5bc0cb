import type { XmlDocument, XmlNode } from "./tree.ts";

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "'": "&apos;",
  "\t": "&#9;",
  "\n": "&#10;",
  "\r": "&#13;",
};

/** Escapes the value of an attribute in single quotes. */
export function escapeAttribute(value: string): string {
  return value.replace(/[&<>'\t\n\r]/g, (character) => escapes[character] ?? character);
}

/** Prints a tree with single quotes, like libvirt, and with the tree's own white space. */
export function printXml(node: XmlNode): string {
  switch (node.kind) {
    case "text":
      return node.text.replace(/[&<>\r]/g, (character) => escapes[character] ?? character);
    case "cdata":
      return `<![CDATA[${node.text}]]>`;
    case "comment":
      return `<!--${node.text}-->`;
    case "instruction":
      return `<?${node.target}${node.text === "" ? "" : ` ${node.text}`}?>`;
    case "element": {
      const attributes = node.attributes
        .map(({ name, value }) => ` ${name}='${escapeAttribute(value)}'`)
        .join("");
      if (node.children.length === 0) return `<${node.name}${attributes}/>`;
      return `<${node.name}${attributes}>${node.children.map(printXml).join("")}</${node.name}>`;
    }
  }
}

/** Prints a document, with the nodes around the root. */
export function printDocument(document: XmlDocument): string {
  return [...document.before, document.root, ...document.after].map(printXml).join("");
}
