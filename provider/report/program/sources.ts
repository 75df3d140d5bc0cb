import type { Literal, LiteralObject } from "./literal.ts";
import { printConstant, printNew } from "./literal.ts";
import { markOf, withSecretCodes } from "./marks.ts";
import { capital } from "./names.ts";
import type { Prepared } from "./prepare.ts";
import type { Shape } from "./shapes.ts";
import { printParts, variableOf } from "./statements.ts";

/** A shape, with the name of its class. */
export interface NamedShape extends Shape {
  readonly className: string;
}

/** Names that all files of a program share. */
export interface Names {
  /** URI → expression. */
  readonly hosts: ReadonlyMap<string, string>;
  /** Folder → constant. */
  readonly folders: ReadonlyMap<string, string>;
  readonly project: string;
}

const optionsComment = `/**
 * These guests were there before this program: what leaves it, by an edit or
 * by \`pulumi destroy\`, is forgotten and stays on its host.
 */
`;
const secretCode = `const config = new pulumi.Config();

/** A secret of the stack's configuration, as it stands in XML unless it is a text by itself. */
@const secret = (key: string, use: "xml" | "text" = "xml") =>
  config.requireSecret(key).apply((text) => {
    if (text === "") throw new Error(\`the secret \${key} is empty\`);
    if (use === "text") return text;
    return text.replace(/[&<>'"]/g, (c) => \`&#\${c.charCodeAt(0)};\`);
  });
`;

/** Prints the constants. `prefix` is "export " if other files use them. */
export function printConstants(names: Names, needsSecret: boolean, prefix: string): string {
  const [only, ...more] = [...names.hosts];
  const list = Object.fromEntries(
    [...names.hosts].map(([uri, expression]) => [expression.replace(/^hosts\./, ""), uri]),
  );
  const hosts =
    more.length === 0
      ? printConstant(only?.[1] ?? "host", only?.[0] ?? "", prefix)
      : printConstant("hosts", list, prefix);
  const folders = [...names.folders].map(([folder, name]) => printConstant(name, folder, prefix)).join("");
  const options = `${optionsComment}${prefix}const existing: pulumi.CustomResourceOptions = {\n  retainOnDelete: true,\n};\n`;
  const secret = needsSecret ? `\n${secretCode.replace("@", prefix)}` : "";
  return `${hosts}${folders}\n${options}${secret}`;
}

/** Prints the component class of a shape. */
export function printClass(shape: NamedShape, names: Names, prefix: string): string {
  const { className, parameters, parts, guests } = shape;
  const isPlaced = names.hosts.size > 1;
  const fields = [
    ...(isPlaced ? ["  host: string;\n"] : []),
    ...parameters.map(({ name, type }) => `  ${name}: ${type};\n`),
  ];
  const told = guests.slice(0, 3).map(({ resource }) => resource);
  const more = guests.length > 3 ? ` and ${guests.length - 3} more` : "";
  const args = fields.length === 0 ? "" : `, args: ${className}Args`;
  const statements = printParts(parts, {
    host: isPlaced ? "args.host" : ([...names.hosts.values()][0] ?? ""),
    domain: "domain",
    variable: (label) => label,
    resource: (label) => `${markOf({ text: "name" })}${label === "" ? "" : `-${label}`}`,
    guest: { code: "name" },
    options: "options",
    indent: 4,
  });
  return `${fields.length === 0 ? "" : `interface ${className}Args {\n${fields.join("")}}\n\n`}/** What these guests have in common: ${told.join(", ")}${more}. */
${prefix}class ${className} extends pulumi.ComponentResource {
  constructor(name: string${args}) {
    super("${names.project}:index:${className}", name);
    const options = { ...existing, parent: this };
${statements}    this.registerOutputs();
  }
}
`;
}

/** Prints a guest of a shape as one statement. */
export function printMember(shape: NamedShape, guest: Prepared, names: Names): string {
  const at = shape.guests.indexOf(guest);
  const args: Record<string, Literal> = {
    ...(names.hosts.size > 1 ? { host: markOf({ text: names.hosts.get(guest.uri) ?? "" }) } : {}),
    ...Object.fromEntries(shape.parameters.map(({ name, values }) => [name, values[at] ?? ""])),
  };
  const literal: LiteralObject = Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      typeof value === "string" ? withSecretCodes(value, guest.resource) : value,
    ]),
  );
  const isEmpty = Object.keys(literal).length === 0;
  return printNew(`new ${shape.className}`, isEmpty ? [guest.resource] : [guest.resource, literal], 0);
}

/** Prints a guest that shares its shape with no other. */
export function printGuest(guest: Prepared, variable: string, names: Names): string {
  return printParts(guest.parts, {
    host: names.hosts.get(guest.uri) ?? "",
    domain: variable,
    variable: (label) => variableOf(variable, label),
    resource: (label) => `${guest.resource}${label === "" ? "" : `-${label}`}`,
    guest: guest.resource,
    options: "existing",
    indent: 0,
  });
}

/** Text for the class name: the common beginning of the guests' names. */
export function classTextOf({ guests }: Shape): string {
  const [first = "", ...others] = guests.map(({ guest }) => guest.name);
  let length = first.length;
  for (const name of others) while (!name.startsWith(first.slice(0, length))) length--;
  const stem = first.slice(0, length).replace(/[^A-Za-z]+$/, "");
  return stem.length < 2 ? "Guest" : capital(stem);
}
