import type { Field, Fields, ValueType } from "../../provider/model/arguments/field.ts";
import type { HostFunction } from "../../provider/model/arguments/functions.ts";
import { functions } from "../../provider/model/arguments/functions.ts";
import type { AnyKind } from "../../provider/model/arguments/kinds.ts";
import { allKinds } from "../../provider/model/arguments/kinds.ts";
import { settings } from "../../provider/model/arguments/provider.ts";
import { describeFields, placeWithin } from "../../provider/plan/live/price.ts";

/** Prints the classes and argument types for user programs, with their documentation. */
export function printResources(): string {
  const interfaces = new Map<string, string>();
  const classes = Object.values(allKinds).map((kind) => printKind(kind, interfaces));
  const questions = Object.entries(functions).map(([name, each]) => printFunction(name, each, interfaces));
  const own = printArgs("ProviderArgs", settings, interfaces);
  return [
    "// Made by `npm run generate` from the rows in provider/model/arguments; edit those.",
    'import type { CustomResourceOptions, Input, InvokeOptions, Output } from "@pulumi/pulumi";',
    'import { invoke } from "./invoke.ts";',
    'import { VirshResource } from "./resource.ts";',
    ...interfaces.values(),
    `/** Settings of the native provider plugin. */\n${own}`,
    ...classes,
    ...questions,
  ].join("\n\n");
}

function printKind(kind: AnyKind, interfaces: Map<string, string>): string {
  const { name, fields, outputs, key, description } = kind;
  const known = { ...fields, ...outputs };
  const told = describeFields(known, kind.place);
  const declared = Object.entries(known).map(
    ([property, field]) =>
      `${docOf(told[property])}declare readonly ${property}: Output<${outputOf(property, kind, field, interfaces)}>;`,
  );
  const given = Object.keys(fields).filter((property) => !(property in outputs));
  const names = JSON.stringify({ given, made: Object.keys(outputs) });
  const chosen = key !== null && !fields[key]?.required ? `, ${JSON.stringify(key)}` : "";
  return `${printArgs(`${name}Args`, fields, interfaces, kind.place)}

/** ${description} Every argument: docs/reference.md#${name.toLowerCase()} of the package. */
export class ${name} extends VirshResource {
${declared.join("\n")}

constructor(name: string, args: ${name}Args, options?: CustomResourceOptions) {
super("${name}", name, ${names}, args, options${chosen});
}
}`;
}

function printArgs(name: string, fields: Fields, interfaces: Map<string, string>, outer = ""): string {
  const told = describeFields(fields, outer);
  const lines = Object.entries(fields).map(([property, field]) => {
    const type = inputOf(field.type, interfaces, placeWithin(outer, field.xml));
    return `${docOf(told[property])}${property}${isNeeded(field) ? "" : "?"}: ${type};`;
  });
  return `export interface ${name} {\n${lines.join("\n")}\n}`;
}

/** Whether a program must give the argument; one that a provider setting replaces is optional. */
function isNeeded({ required, setting }: Field): boolean {
  return required === true && setting === undefined;
}

/** Prints a function that asks the native plugin, with the types of its arguments and result. */
function printFunction(
  name: string,
  { description, inputs, outputs }: HostFunction,
  interfaces: Map<string, string>,
): string {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const told = (fields: Fields, isQuestion: boolean) =>
    Object.entries(fields)
      .map(([property, field]) => {
        const needed = isQuestion ? isNeeded(field) : field.required;
        const type = isQuestion ? inputOf(field.type, interfaces) : plainOf(field.type, interfaces);
        return `${docOf(field.description)}readonly ${property}${needed ? "" : "?"}: ${type};`;
      })
      .join("\n");
  const isFree = Object.values(inputs).every((field) => !isNeeded(field));
  return `export interface ${type}Args {\n${told(inputs, true)}\n}

export interface ${type}Result {\n${told(outputs, false)}\n}

/** ${description} Needs the native plugin. */
export function ${name}(args: ${type}Args${isFree ? " = {}" : ""}, options?: InvokeOptions): Output<${type}Result> {
return invoke("${name}", { ...args }, options);
}`;
}

function outputOf(property: string, kind: AnyKind, field: Field, interfaces: Map<string, string>): string {
  const type = plainOf(field.type, interfaces);
  if (field.nullable) return `${type} | null`;
  return field.required || property in kind.outputs ? type : `${type} | undefined`;
}

function docOf(description = ""): string {
  return `/** ${description.replaceAll("*/", "* /")} */\n`;
}

function inputOf(type: ValueType, interfaces: Map<string, string>, place = ""): string {
  switch (type.kind) {
    case "string":
    case "cpuset":
      return "Input<string>";
    case "integer":
    case "number":
      return "Input<number>";
    case "boolean":
    case "flag":
      return "Input<boolean>";
    case "enum":
      return `Input<${literals(type.values)}>`;
    case "memory":
    case "bytes":
      return "Input<string | number>";
    case "list":
      return `Input<${inputOf(type.of, interfaces, place)}[]>`;
    case "object":
      return `Input<${nameOf(type.name, type.fields, interfaces, place)}>`;
    case "textOrObject":
      return `${inputOf(type.text, interfaces, place)} | ${inputOf(type.object, interfaces, place)}`;
    case "countOrList":
      return `Input<number> | Input<${inputOf(type.of, interfaces, place)}[]>`;
  }
}

/** Prints the type of an output, which contains no inputs. */
function plainOf(type: ValueType, interfaces: Map<string, string>): string {
  switch (type.kind) {
    case "string":
    case "cpuset":
      return "string";
    case "integer":
    case "number":
      return "number";
    case "boolean":
    case "flag":
      return "boolean";
    case "enum":
      return literals(type.values);
    case "memory":
    case "bytes":
      return "string | number";
    case "list":
      return `${plainOf(type.of, interfaces)}[]`;
    case "object":
      return plainName(type.name, type.fields, interfaces);
    case "textOrObject":
      return `${plainOf(type.text, interfaces)} | ${plainOf(type.object, interfaces)}`;
    case "countOrList":
      return `number | ${plainOf(type.of, interfaces)}[]`;
  }
}

function literals(values: readonly string[]): string {
  return values.map((value) => JSON.stringify(value)).join(" | ");
}

function nameOf(name: string, fields: Fields, interfaces: Map<string, string>, outer: string): string {
  if (!interfaces.has(name)) {
    interfaces.set(name, "");
    const told = describeFields(fields, outer);
    const lines = Object.entries(fields).map(([property, field]) => {
      const type = inputOf(field.type, interfaces, placeWithin(outer, field.xml));
      return `${docOf(told[property])}${property}${field.required ? "" : "?"}: ${type};`;
    });
    interfaces.set(name, `export interface ${name} {\n${lines.join("\n")}\n}`);
  }
  return name;
}

function plainName(name: string, fields: Fields, interfaces: Map<string, string>): string {
  const plain = `${name}Output`;
  if (!interfaces.has(plain)) {
    interfaces.set(plain, "");
    const lines = Object.entries(fields).map(
      ([property, field]) =>
        `${docOf(field.description)}${property}${field.required ? "" : "?"}: ${plainOf(field.type, interfaces)}${field.nullable ? " | null" : ""};`,
    );
    interfaces.set(plain, `export interface ${plain} {\n${lines.join("\n")}\n}`);
  }
  return plain;
}
