import type { Field, Fields, ValueType } from "../../provider/model/arguments/field.ts";
import type { HostFunction } from "../../provider/model/arguments/functions.ts";
import { functions } from "../../provider/model/arguments/functions.ts";
import type { AnyKind } from "../../provider/model/arguments/kinds.ts";
import { allKinds } from "../../provider/model/arguments/kinds.ts";
import { featureAt } from "../../provider/plan/checks/features.ts";
import { identifyingPlaces, placeWithin, priceOf } from "../../provider/plan/live/price.ts";

/** One row of a table: an argument, an output, or a part of one. */
interface Line {
  /** Name in a program: `disks[].source.file`. */
  readonly name: string;
  readonly field: Field;
  /** Place below `<domain>`; empty for an argument that is not in the XML. */
  readonly place: string;
  readonly cost: string;
}

/** Prints the page of every argument and output, from the same rows as the types and the schema. */
export function printReference(): string {
  return [
    "# Reference",
    "",
    "Every argument and output of every resource and function. This page is made from the rows in",
    "`provider/model/arguments/` by `npm run generate`.",
    "",
    "- _XML_ is the place in the domain's definition that the argument declares; `xml` declares any other place.",
    "- _A change costs_ names what an edit does to a running guest: `live` (the guest does not notice), `detach` (a",
    "  device leaves the guest for a moment), `next boot` (in force after the next power cycle), `replace` (another",
    "  resource). [Costs](costs.md) explains how `whenRunning` limits it.",
    "- A bold name is required. `[]` stands for each entry of a list.",
    "",
    ...Object.values(allKinds).flatMap(printKind),
    "## Functions",
    "",
    "They ask the native plugin: [front ends](front-ends.md).",
    "",
    ...Object.entries(functions).flatMap(([name, each]) => printFunction(name, each)),
  ].join("\n");
}

function printKind({ name, description, fields, outputs, place }: AnyKind): string[] {
  const onlyOutputs = Object.fromEntries(Object.entries(outputs).filter(([output]) => !(output in fields)));
  return [
    `## ${name}`,
    "",
    description,
    "",
    "| argument | type | default | meaning | XML | a change costs | since |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...linesOf(fields, place).map(printArgument),
    "",
    "| output | type | meaning |",
    "| --- | --- | --- |",
    ...linesOf(onlyOutputs, "").map(printOutput),
    "",
  ];
}

function printFunction(name: string, { description, inputs, outputs }: HostFunction): string[] {
  const rows = (fields: Fields) => linesOf(fields, "").map(printOutput);
  return [
    `### ${name}`,
    "",
    description,
    "",
    "| argument | type | meaning |",
    "| --- | --- | --- |",
    ...rows(inputs),
    "",
    "| result | type | meaning |",
    "| --- | --- | --- |",
    ...rows(outputs),
    "",
  ];
}

/** Lists the fields in order, each followed by its parts. */
function linesOf(fields: Fields, outer: string, prefix = ""): Line[] {
  const identifying = identifyingPlaces(outer);
  return Object.entries(fields).flatMap(([key, field]) => {
    const place = placeWithin(outer, field.xml);
    const name = `${prefix}${key}${isList(field.type) ? "[]" : ""}`;
    const cost = field.replaces ? "replace" : priceOf(field, place, identifying.includes(field.xml ?? ""));
    const line = { name, field, place: field.xml === undefined ? "" : place, cost };
    const parts = partsOf(field.type);
    return [line, ...(parts ? linesOf(parts, place, `${name}.`) : [])];
  });
}

function isList({ kind }: ValueType): boolean {
  return kind === "list" || kind === "countOrList";
}

function partsOf(type: ValueType): Fields | null {
  if (type.kind === "object") return type.fields;
  if (type.kind === "textOrObject") return partsOf(type.object);
  return type.kind === "list" || type.kind === "countOrList" ? partsOf(type.of) : null;
}

function printArgument({ name, field, place, cost }: Line): string {
  const { meaning, absent } = splitDescription(field.description);
  const since = featureAt(place);
  const isNeeded = field.required && field.setting === undefined;
  return row([
    isNeeded ? `**\`${name}\`**` : `\`${name}\``,
    typeOf(field.type),
    isNeeded ? "" : absent,
    meaning,
    place === "" ? "" : `\`${place}\``,
    cost.replace(/^Changing it: /, "").replace(/\.$/, ""),
    since ? since.needs : "",
  ]);
}

function printOutput({ name, field }: Line): string {
  return row([`\`${name}\``, `${typeOf(field.type)}${field.nullable ? " or null" : ""}`, field.description]);
}

/** Splits off the sentence about an omitted argument, which has its own column. */
function splitDescription(description: string): { readonly meaning: string; readonly absent: string } {
  const found = /\s*Default: (.*?)\.(?=\s|$)/s.exec(description);
  if (!found) return { meaning: description, absent: "" };
  return { meaning: description.replace(found[0], ""), absent: found[1] ?? "" };
}

function typeOf(type: ValueType): string {
  switch (type.kind) {
    case "string":
      return type.expected ?? "string";
    case "integer":
      return rangeOf(type.min, type.max);
    case "number":
      return "number";
    case "boolean":
    case "flag":
      return "boolean";
    case "enum":
      return type.values.map((value) => `\`"${value}"\``).join(", ");
    case "memory":
      return 'KiB, or a text with its unit: `"2 GiB"`';
    case "bytes":
      return 'bytes, or a text with its unit: `"20 GiB"`';
    case "cpuset":
      return 'set of CPUs: `"0-3,^2"`';
    case "list":
      return `list of ${partsOf(type.of) ? "objects" : typeOf(type.of)}`;
    case "object":
      return type.oneOf ? `object with one of ${type.oneOf.join(", ")}` : "object";
    case "textOrObject":
      return `${typeOf(type.text)}, or ${typeOf(type.object)}`;
    case "countOrList":
      return `number up to ${type.max}, or list of ${partsOf(type.of) ? "objects" : typeOf(type.of)}`;
  }
}

function rangeOf(min: number, max: number): string {
  if (max < 2147483647) return `integer from ${min} to ${max}`;
  return min === 0 ? "integer" : `integer from ${min}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
}
