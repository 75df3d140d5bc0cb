import type { AdoptedHost } from "../../plan/adopt/adopted.ts";
import { resourceNamer, variableNamer } from "./names.ts";
import type { Prepared } from "./prepare.ts";
import { findFolders, prepareGuest } from "./prepare.ts";
import { printReadme } from "./readme.ts";
import { findShapes } from "./shapes.ts";
import type { NamedShape, Names } from "./sources.ts";
import { classTextOf, printClass, printConstants, printGuest, printMember } from "./sources.ts";

export interface ProgramSettings {
  /** Name of the Pulumi project. */
  readonly project: string;
  /** What package.json asks for as pulumi-virsh. */
  readonly dependency: string;
  /** The command that wrote it, for the README. */
  readonly command: string;
}

/** The secret of that key, as the README names it; null: there is none. */
export function findSecret(hosts: readonly AdoptedHost[], key: string): string | null {
  for (const { resource, secrets } of prepare(hosts, new Map()))
    for (const secret of secrets) if (`${resource}-${secret.key}` === key) return secret.value;
  return null;
}

function prepare(hosts: readonly AdoptedHost[], folders: ReadonlyMap<string, string>): Prepared[] {
  const resource = resourceNamer("guest");
  return hosts.flatMap(({ uri, guests }) =>
    guests.map((guest) => prepareGuest(uri, guest, resource(guest.name), folders)),
  );
}

/** Lines up to which a program is one file. */
const mostLines = 400;

/** File's path → text: a Pulumi program that declares what is there. The same hosts give the same bytes. */
export function printProgram(hosts: readonly AdoptedHost[], settings: ProgramSettings): Map<string, string> {
  const variable = variableNamer("guest");
  const classes = variableNamer("Guest", true);
  const guests = hosts.flatMap((host) => host.guests);
  const folders = findFolders(guests, variable);
  const names: Names = { hosts: nameHosts(hosts, variable), folders, project: settings.project };
  const prepared = prepare(hosts, folders);
  const shapes = findShapes(prepared).map(
    (shape): NamedShape => ({ ...shape, className: classes(classTextOf(shape)) }),
  );
  const shapeOf = new Map(shapes.flatMap((shape) => shape.guests.map((guest) => [guest, shape] as const)));
  const texts = new Map(
    prepared.map((guest) => {
      const shape = shapeOf.get(guest);
      return [
        guest,
        shape ? printMember(shape, guest, names) : printGuest(guest, variable(guest.resource), names),
      ];
    }),
  );
  const needsSecret = prepared.some(({ secrets }) => secrets.length > 0);
  const files = printFiles({ hosts, prepared, shapes, shapeOf, texts, names, needsSecret });
  return new Map([
    ...files,
    ["Pulumi.yaml", printProject(settings, hosts)],
    ["README.md", printReadme(hosts, prepared, settings)],
    ["package.json", printPackage(settings)],
    ["tsconfig.json", tsconfig],
  ]);
}

interface Sources {
  readonly hosts: readonly AdoptedHost[];
  readonly prepared: readonly Prepared[];
  readonly shapes: readonly NamedShape[];
  readonly shapeOf: ReadonlyMap<Prepared, NamedShape>;
  readonly texts: ReadonlyMap<Prepared, string>;
  readonly names: Names;
  readonly needsSecret: boolean;
}

function printFiles(sources: Sources): [string, string][] {
  const { hosts, prepared, shapes, shapeOf, texts, names, needsSecret } = sources;
  const body = (guests: readonly Prepared[]) => joinStatements(guests.map((guest) => texts.get(guest) ?? ""));
  const classes = (prefix: string) => shapes.map((shape) => printClass(shape, names, prefix));
  const whole = [printConstants(names, needsSecret, ""), ...classes(""), body(prepared)].join("\n");
  const imports = `import * as pulumi from "@pulumi/pulumi";\n`;
  const virsh = `import * as virsh from "pulumi-virsh";\n`;
  if (whole.split("\n").length <= mostLines) return [["index.ts", `${imports}${virsh}\n${whole}`]];
  const constants = [
    hosts.length > 1 ? "hosts" : ([...names.hosts.values()][0] ?? ""),
    ...names.folders.values(),
  ];
  const own = [...constants, "existing", ...(needsSecret ? ["secret"] : [])];
  const importsFor = (text: string) => {
    const isUsed = (word: string) => new RegExp(`(?<![\\w"'./-])${word}(?![\\w"'/-])`).test(text);
    const named = (words: readonly string[], file: string) => {
      const used = words.filter(isUsed).toSorted();
      return used.length === 0 ? "" : printImport(used, file);
    };
    return [
      isUsed("pulumi\\.\\w") ? imports : "",
      isUsed("virsh\\.\\w") ? virsh : "",
      named(own, "./shared"),
      named(
        shapes.map(({ className }) => className),
        "./shapes",
      ),
      "\n",
    ].join("");
  };
  const parts = hosts.map(({ uri }): [string, string] => {
    const text = body(prepared.filter((guest) => guest.uri === uri));
    return [`${fileOf(names.hosts.get(uri) ?? "")}.ts`, `${importsFor(text)}${text}`];
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
      ? [["shapes.ts", `${importsFor(shapesText)}${shapesText}`] as [string, string]]
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

/** Statements of one line stand together, longer ones apart. */
function joinStatements(texts: readonly string[]): string {
  const isShort = (text: string) => text.indexOf("\n") === text.length - 1;
  return texts
    .map((text, index) =>
      index > 0 && !(isShort(text) && isShort(texts[index - 1] ?? "")) ? `\n${text}` : text,
    )
    .join("");
}

/** One host is a constant, several are the properties of one. */
function nameHosts(hosts: readonly AdoptedHost[], variable: (text: string) => string): Map<string, string> {
  const property = variableNamer("host");
  const name = (uri: string) => {
    const [, place = ""] = /^\w+\+ssh:\/\/(?:[^@/]*@)?([^/?]*)/.exec(uri) ?? [];
    if (place === "") return uri.includes("/session") ? "localSession" : "local";
    return /^[\d.:[\]]+$/.test(place) ? `host ${place}` : place.replace(/\..*?(?=:|$)/, "");
  };
  return new Map(
    hosts.map(({ uri }) => [uri, hosts.length === 1 ? variable(name(uri)) : `hosts.${property(name(uri))}`]),
  );
}

function printProject({ project }: ProgramSettings, hosts: readonly AdoptedHost[]): string {
  const list = hosts.map(({ uri }) => `      - ${JSON.stringify(uri)}\n`).join("");
  const config = hosts.length < 2 ? "" : `config:\n  virsh:hosts: # read side by side\n    value:\n${list}`;
  return `name: ${project}\nruntime: nodejs\ndescription: KVM guests as they were found\n${config}`;
}

function printPackage({ project, dependency }: ProgramSettings): string {
  const dependencies = { "@pulumi/pulumi": "^3.250.0", "pulumi-virsh": dependency };
  const content = {
    name: project.toLowerCase(),
    private: true,
    dependencies,
    devDependencies: { typescript: "^6.0.3" },
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const tsconfig = `{
  "compilerOptions": {
    "target": "es2023",
    "module": "nodenext",
    "moduleResolution": "nodenext",
    "strict": true,
    "noEmit": true,
    "skipLibCheck": true
  },
  "files": ["index.ts"]
}
`;
