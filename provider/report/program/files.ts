import type { AdoptedHost } from "../../plan/adopt/adopted.ts";
import { usesName } from "./identifiers.ts";
import type { Prepared } from "./prepare.ts";
import type { NamedShape, Names } from "./sources.ts";
import { printClass, printConstants } from "./sources.ts";

/** Most lines of a program in one file. */
const mostLines = 400;

export interface Sources {
  readonly hosts: readonly AdoptedHost[];
  readonly prepared: readonly Prepared[];
  readonly shapes: readonly NamedShape[];
  readonly shapeOf: ReadonlyMap<Prepared, NamedShape>;
  readonly texts: ReadonlyMap<Prepared, string>;
  /** URI → statements of pools and volumes. */
  readonly storageTexts: ReadonlyMap<string, readonly string[]>;
  readonly names: Names;
  readonly needsSecret: boolean;
}

/** Prints the program's TypeScript: one file, or one per host when it is long. */
export function printFiles(sources: Sources): [string, string][] {
  const { hosts, prepared, shapes, shapeOf, texts, storageTexts, names, needsSecret } = sources;
  const body = (own: readonly AdoptedHost[]) =>
    joinStatements([
      ...own.flatMap(({ uri }) => storageTexts.get(uri) ?? []),
      ...own
        .flatMap(({ uri }) => prepared.filter((guest) => guest.uri === uri))
        .map((each) => texts.get(each) ?? ""),
    ]);
  const classes = (prefix: string) => shapes.map((shape) => printClass(shape, names, prefix));
  const whole = [printConstants(names, needsSecret, ""), ...classes(""), body(hosts)].join("\n");
  const imports = `import * as pulumi from "@pulumi/pulumi";\n`;
  const virsh = `import * as virsh from "pulumi-virsh";\n`;
  if (whole.split("\n").length <= mostLines) return [["index.ts", `${imports}${virsh}\n${whole}`]];
  const constants = [
    hosts.length > 1 ? "hosts" : ([...names.hosts.values()][0] ?? ""),
    ...names.folders.values(),
  ];
  const own = [...constants, "existing", ...(needsSecret ? ["secret"] : [])];
  const importsFor = (text: string, classNames: readonly string[]) => {
    const named = (words: readonly string[], file: string) => {
      const used = words.filter((word) => usesName(text, word)).toSorted();
      return used.length === 0 ? "" : printImport(used, file);
    };
    return [
      usesName(text, "pulumi") ? imports : "",
      usesName(text, "virsh") ? virsh : "",
      named(own, "./shared"),
      named(classNames, "./shapes"),
      "\n",
    ].join("");
  };
  const parts = hosts.map((host): [string, string] => {
    const text = body([host]);
    return [
      `${fileOf(names.hosts.get(host.uri) ?? "")}.ts`,
      `${importsFor(
        text,
        shapes.map(({ className }) => className),
      )}${text}`,
    ];
  });
  const shapesText = classes("export ").join("\n");
  const index = parts
    .map(([file]) => `import "./${file.replace(/\.ts$/, "")}";\n`)
    .toSorted()
    .join("");
  return [
    ["index.ts", index],
    ["shared.ts", `${imports}\n${printConstants(names, needsSecret, "export ")}`],
    ...(shapeOf.size > 0
      ? [["shapes.ts", `${importsFor(shapesText, [])}${shapesText}`] as [string, string]]
      : []),
    ...parts,
  ];
}

const fileOf = (expression: string) => {
  const name = expression.replace(/^hosts\./, "");
  return ["index", "shared", "shapes"].includes(name) ? `${name}Host` : name;
};

function printImport(words: readonly string[], file: string): string {
  const flat = `import { ${words.join(", ")} } from "${file}";\n`;
  return flat.length <= 81
    ? flat
    : `import {\n${words.map((word) => `  ${word},\n`).join("")}} from "${file}";\n`;
}

/** Joins statements, with an empty line around those of several lines. */
function joinStatements(texts: readonly string[]): string {
  const isShort = (text: string) => text.indexOf("\n") === text.length - 1;
  return texts
    .map((text, index) =>
      index > 0 && !(isShort(text) && isShort(texts[index - 1] ?? "")) ? `\n${text}` : text,
    )
    .join("");
}
