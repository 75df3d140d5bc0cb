import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Field, Fields, ValueType } from "../../provider/model/arguments/field.ts";
import { functions } from "../../provider/model/arguments/functions.ts";
import { allKinds } from "../../provider/model/arguments/kinds.ts";
import { settings } from "../../provider/model/arguments/provider.ts";
import { describeFields, placeWithin } from "../../provider/plan/live/price.ts";
import { repository } from "../sandbox/folders.ts";

type Json = Record<string, unknown>;

/** Prints the provider's Pulumi schema, from the same rows as the TypeScript types. */
export function printSchema(): string {
  const types = new Map<string, Json>();
  const resources = Object.values(allKinds).map(({ name, description, fields, outputs, place }) => {
    const properties = { ...fields, ...outputs };
    const resource = {
      description,
      inputProperties: propertiesOf(fields, types, true, place),
      requiredInputs: requiredOf(fields),
      properties: propertiesOf(properties, types, false, place),
      required: Object.keys(properties).filter(
        (property) =>
          !properties[property]?.nullable && (properties[property]?.required || property in outputs),
      ),
    };
    return [`virsh:index:${name}`, resource] as const;
  });
  const questions = Object.entries(functions).map(([name, { description, inputs, outputs }]) => {
    const asked = { properties: propertiesOf(inputs, types, true), required: requiredOf(inputs) };
    const answered = { properties: propertiesOf(outputs, types, false), required: requiredOf(outputs) };
    const returned = markSecret(answered, ["xml", "liveXml"]);
    return [`virsh:index:${name}`, { description, inputs: asked, outputs: returned }] as const;
  });
  const variables = Object.fromEntries(
    Object.entries(settings).map(([name, setting]) => [
      name,
      {
        ...propertyOf(setting, types, true),
        defaultInfo: { environment: [setting.variable] },
        ...(setting.isSecret ? { secret: true } : {}),
      },
    ]),
  );
  const ours = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as Package;
  const address = ours.homepage.replace(/#.*$/, "");
  const schema = {
    name: "virsh",
    displayName: "virsh",
    version: ours.version,
    description: "KVM guests as code, over nothing but SSH and virsh on the host.",
    keywords: ["libvirt", "kvm", "qemu", "virsh", "iothread", "category/infrastructure"],
    license: "Apache-2.0",
    publisher: "pulumi-virsh",
    homepage: address,
    repository: address,
    config: { variables },
    provider: {
      description: "Settings for the hosts of the resources that are given this provider.",
      inputProperties: variables,
    },
    types: Object.fromEntries([...types].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    resources: Object.fromEntries(resources),
    functions: Object.fromEntries(questions),
    language: {
      nodejs: { packageName: "pulumi-virsh", respectSchemaVersion: false },
      python: { packageName: "pulumi_virsh", pyproject: { enabled: true } },
    },
  };
  return JSON.stringify(schema, null, 2);
}

interface Package {
  readonly version: string;
  readonly homepage: string;
}

function markSecret<T extends { readonly properties: Json }>(type: T, names: readonly string[]): T {
  const properties = Object.entries(type.properties).map(([name, property]) => [
    name,
    names.includes(name) ? { ...(property as Json), secret: true } : property,
  ]);
  return { ...type, properties: Object.fromEntries(properties) };
}

/** Lists the required arguments; one that a provider setting replaces is optional. */
function requiredOf(fields: Fields): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.required && !fields[name]?.setting);
}

function propertiesOf(fields: Fields, types: Map<string, Json>, isInput: boolean, outer = ""): Json {
  const told = describeFields(fields, outer);
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const place = placeWithin(outer, field.xml);
      return [name, propertyOf({ ...field, description: told[name] ?? "" }, types, isInput, place)];
    }),
  );
}

function propertyOf(field: Field, types: Map<string, Json>, isInput: boolean, place = ""): Json {
  const { description, replaces } = field;
  return {
    ...typeOf(field.type, types, place),
    description: `${description}${valuesOf(field.type)}`,
    ...(replaces && isInput ? { willReplaceOnChanges: true } : {}),
  };
}

/** Lists the allowed values. TypeScript types show them; the schema, which has no enumerations, does not. */
function valuesOf(type: ValueType): string {
  if (type.kind === "enum") return ` One of: ${type.values.join(", ")}.`;
  if (type.kind !== "integer" || (type.min === 0 && type.max === 2147483647)) return "";
  return type.max >= 2147483647 ? ` At least ${type.min}.` : ` From ${type.min} to ${type.max}.`;
}

function typeOf(type: ValueType, types: Map<string, Json>, place: string): Json {
  switch (type.kind) {
    case "string":
    case "cpuset":
      return { type: "string" };
    case "enum":
      return { type: "string" };
    case "integer":
      return { type: type.max > 2147483647 ? "number" : "integer" };
    case "number":
      return { type: "number" };
    case "boolean":
    case "flag":
      return { type: "boolean" };
    case "memory":
    case "bytes":
      return { oneOf: [{ type: "string" }, { type: "integer" }] };
    case "list":
      return { type: "array", items: typeOf(type.of, types, place) };
    case "object":
      return { $ref: `#/types/${noteType(type.name, type.fields, types, place)}` };
    case "textOrObject":
      return { oneOf: [typeOf(type.text, types, place), typeOf(type.object, types, place)] };
    case "countOrList":
      return { oneOf: [{ type: "integer" }, { type: "array", items: typeOf(type.of, types, place) }] };
  }
}

function noteType(name: string, fields: Fields, types: Map<string, Json>, place: string): string {
  const token = `virsh:index:${name}`;
  if (!types.has(token)) {
    types.set(token, {});
    const properties = propertiesOf(fields, types, false, place);
    types.set(token, { type: "object", properties, required: requiredTyped(fields) });
  }
  return token;
}

function requiredTyped(fields: Fields): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.required && !fields[name]?.nullable);
}
