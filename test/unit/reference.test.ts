import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { repository } from "../../tools/sandbox/folders.ts";

interface Property {
  readonly $ref?: string;
  readonly items?: Property;
  readonly oneOf?: readonly Property[];
}
type Properties = Readonly<Record<string, Property>>;
interface Schema {
  readonly types: Readonly<Record<string, { readonly properties: Properties }>>;
  readonly resources: Readonly<
    Record<string, { readonly inputProperties: Properties; readonly properties: Properties }>
  >;
  readonly functions: Readonly<
    Record<
      string,
      {
        readonly inputs: { readonly properties: Properties };
        readonly outputs: { readonly properties: Properties };
      }
    >
  >;
}

const read = (file: string) => readFileSync(join(repository, file), "utf8");
const schema = JSON.parse(read("plugin/schema.json")) as Schema;
const page = read("docs/reference.md");

/** Returns the names of properties and of all their parts, as the page writes them. */
function namesOf(properties: Properties, prefix = ""): string[] {
  return Object.entries(properties).flatMap(([key, property]) => {
    const list = [property, ...(property.oneOf ?? [])].find(({ items }) => items);
    const name = `${prefix}${key}${list ? "[]" : ""}`;
    const type = (list?.items ?? property).$ref?.replace("#/types/", "");
    const parts = type === undefined ? {} : (schema.types[type]?.properties ?? {});
    return [name, ...namesOf(parts, `${name}.`)];
  });
}

/** Returns the part of the page from a heading to the next one. */
function sectionOf(title: string): string {
  return new RegExp(`^#+ ${title}$(.*?)(?=^#+ |(?![^]))`, "ms").exec(page)?.[1] ?? "";
}

function expectNames(title: string, names: readonly string[]): void {
  const section = sectionOf(title);
  expect(section, title).not.to.equal("");
  expect(names.filter((name) => !section.includes(`\`${name}\``))).to.deep.equal([]);
}

describe("docs/reference.md", () => {
  for (const [token, { inputProperties, properties }] of Object.entries(schema.resources)) {
    const kind = token.replace(/^.*:/, "");
    it(`names every argument and output of ${kind}`, () =>
      expectNames(kind, [...namesOf(inputProperties), ...namesOf(properties)]));
  }
  for (const [token, { inputs, outputs }] of Object.entries(schema.functions)) {
    const name = token.replace(/^.*:/, "");
    it(`names every argument and result of ${name}`, () =>
      expectNames(name, [...namesOf(inputs.properties), ...namesOf(outputs.properties)]));
  }
});
