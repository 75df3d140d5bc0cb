/** Prints values as TypeScript, in Biome's layout with two blanks and 80 columns. */

import { visible } from "../../model/values/visible.ts";
import { printIndented } from "../../model/xml/indent.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Code } from "./marks.ts";
import { splitCodes } from "./marks.ts";

/** XML to print as a template string, one element per line. */
export class XmlLiteral {
  readonly element: XmlElement;
  constructor(element: XmlElement) {
    this.element = element;
  }
}

export type Literal = string | number | boolean | XmlLiteral | readonly Literal[] | LiteralObject;
export interface LiteralObject {
  readonly [name: string]: Literal;
}

const width = 80;

/** Prints a literal. `column` is where it begins; `tail` is the number of columns that follow on its last line. */
export function printLiteral(value: Literal, indent: number, column: number, tail: number): string {
  const flat = printFlat(value, indent);
  const fits = !flat.includes("\n") && column + flat.length + tail <= width && !isBroken(value);
  if (fits || typeof value !== "object") return flat;
  if (value instanceof XmlLiteral) return flat;
  const inner = " ".repeat(indent + 2);
  const isList = Array.isArray(value);
  const lines = isList
    ? (value as readonly Literal[]).map(
        (item) => `${inner}${printLiteral(item, indent + 2, indent + 2, 1)},\n`,
      )
    : Object.entries(value).map(([name, item]) => `${inner}${printProperty(name, item, indent + 2)},\n`);
  const [open, close] = isList ? "[]" : "{}";
  return `${open}\n${lines.join("")}${" ".repeat(indent)}${close}`;
}

function printProperty(name: string, value: Literal, indent: number): string {
  const column = indent + name.length + 2;
  const text = printLiteral(value, indent, column, 1);
  if (text === name) return name;
  // A line break after a short name gains no room.
  const isBelow = name.length >= 5 && isTooLong(text, column, 1);
  return `${name}:${isBelow ? `\n${" ".repeat(indent + 2)}` : " "}${text}`;
}

/** Prints `const name = …;`. */
export function printConstant(name: string, value: Literal, prefix = ""): string {
  const start = `${prefix}const ${name} =`;
  const text = printLiteral(value, 0, start.length + 1, 1);
  return `${start}${isTooLong(text, start.length + 1, 1) ? "\n  " : " "}${text};\n`;
}

/** Whether a plain string is too long for this line and moves to the next. */
function isTooLong(text: string, column: number, tail: number): boolean {
  return /^["']/.test(text) && column + text.length + tail > width;
}

/** Prints `new Name(…);` as a statement at this indentation. */
export function printNew(start: string, args: readonly Literal[], indent: number): string {
  const flat = args.map((arg) => printFlat(arg, indent)).join(", ");
  const [first, last] = [args.slice(0, -1), args.at(-1) ?? {}];
  const isFlat =
    !flat.includes("\n") && indent + start.length + flat.length + 3 <= width && !args.some(isBroken);
  if (isFlat) return `${start}(${flat});\n`;
  if (typeof last === "object") {
    const before = first.map((arg) => `${printFlat(arg, indent)}, `).join("");
    return `${start}(${before}${printLiteral(last, indent, width, 0)});\n`;
  }
  const inner = " ".repeat(indent + 2);
  const lines = args.map((arg) => `${inner}${printLiteral(arg, indent + 2, indent + 2, 1)},\n`);
  return `${start}(\n${lines.join("")}${" ".repeat(indent)});\n`;
}

/** Whether Biome breaks the value over lines: it does for a list of several objects that have several properties each. */
function isBroken(value: Literal): boolean {
  if (typeof value !== "object" || value instanceof XmlLiteral) return false;
  const items: readonly Literal[] = Array.isArray(value) ? value : Object.values(value);
  const sizes = Array.isArray(value) ? items.map(propertiesOf) : [];
  return (sizes.length > 1 && sizes.every((size) => size > 1)) || items.some(isBroken);
}

const propertiesOf = (value: Literal) =>
  typeof value !== "object" || value instanceof XmlLiteral ? 0 : Object.keys(value).length;

function printFlat(value: Literal, indent: number): string {
  if (typeof value === "string") return printText(value);
  if (typeof value !== "object") return String(value);
  if (value instanceof XmlLiteral) return printXmlTemplate(value.element, indent);
  if (Array.isArray(value)) return `[${value.map((item: Literal) => printFlat(item, indent)).join(", ")}]`;
  const properties = Object.entries(value).map(([name, item]) => {
    const text = printFlat(item, indent);
    return text === name ? name : `${name}: ${text}`;
  });
  return properties.length === 0 ? "{}" : `{ ${properties.join(", ")} }`;
}

function printText(text: string): string {
  const parts = splitCodes(text);
  const [before, code, after] = parts;
  if (parts.length === 1) return printString(text);
  if (parts.length === 3 && before === "" && after === "" && typeof code === "object") return code.text;
  return printTemplate(parts);
}

function printXmlTemplate(element: XmlElement, indent: number): string {
  return printTemplate(splitCodes(`\n${printIndented(element, indent / 2 + 1)}${" ".repeat(indent)}`));
}

function printTemplate(parts: readonly (string | Code)[]): string {
  const isOutput = parts.some((part) => typeof part === "object" && part.isOutput);
  const text = parts.map((part) =>
    typeof part === "object" ? `\${${part.text}}` : escapeText(part, /\\|`|\$(?=\{)/g),
  );
  return `${isOutput ? "pulumi.interpolate" : ""}\`${text.join("")}\``;
}

/** Prints a string in double quotes, unless single quotes need fewer escapes. */
export function printString(text: string): string {
  const count = (quote: string) => text.split(quote).length;
  const quote = count('"') > count("'") ? "'" : '"';
  const escaped = escapeText(text, quote === '"' ? /["\\]/g : /['\\]/g);
  return `${quote}${escaped.replaceAll("\n", "\\n").replaceAll("\t", "\\t")}${quote}`;
}

/** Escapes special characters, invisible ones, and those that change the direction of text. */
function escapeText(text: string, special: RegExp): string {
  return visible(text.replace(special, (character) => `\\${character}`));
}
