import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect } from "chai";
import { repository } from "../../tools/sandbox/folders.ts";

/** What each folder of provider/ may import: the rule in ARCHITECTURE.md. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  plan: ["model"],
  report: ["plan", "model"],
  host: ["plan", "model"],
  operations: ["host", "plan", "model"],
  adapters: ["operations", "host", "plan", "model"],
  cli: ["report", "operations", "host", "plan", "model"],
  resources: [],
  // Files that both processes of a run share.
  "": ["model"],
  components: ["resources", "operations", "host", "plan", "model"],
};
/** Packages that only one file may import. */
const alone: Readonly<Record<string, RegExp>> = {
  saxes: /^model\/xml\/parse\.ts$/,
  ssh2: /^host\/ssh\//,
  "ssh-config": /^host\/ssh\/config\.ts$/,
  commander: /^cli\//,
  diff: /^report\/xmlDiff\.ts$/,
  "@pulumi/pulumi": /^(resources|components)\//,
  "@grpc/grpc-js": /^adapters\/(?:native|engine)/,
  "google-protobuf": /^adapters\/native/,
};
const pure = ["model", "plan", "report"];
/** Finds variables of a module: with these, an earlier question could change a later answer. */
const state =
  /^(?:export )?(?:(?:let|var) |const \w+(?:: [^=]*)? = (?:new (?:Map|Set)(?:<[^;]*>)?\(\)|\[\];|\{\};))/m;
/**
 * Finds code that interprets error texts. Only host/virsh/ may do so for libvirt, and connection folders for
 * ssh.
 */
const readsErrors = /stderr[^;\n]*\.(?:split|match|includes|startsWith)\(|\.(?:test|exec)\([^)\n]*stderr/;
const knowsErrors = /^(?:errors\.ts$|host\/(?:virsh|connection|ssh|systemSsh)\/)/;
/** Code that compares and merges. It receives the tables of a kind of object and must not import them. */
const engine = /^(?:model\/elements\/[^/]+\.ts|plan\/merge\/.*)$/;
const tables = /^model\/(?:objects\.ts|elements\/[^/]+\/.*)$/;
/** Finds waiting, clocks, random numbers and process state. */
const impure =
  /\b(?:async|await|Promise)\b|\bDate\.now\b|\bnew Date\(\)|\bDate\(\)|\bperformance\.|\bMath\.random\b|\bprocess\.|\bglobalThis\b|\bset(?:Timeout|Interval)\b/;

/**
 * Returns what a file imports: by statement, by `import("…")` as an expression or type, and by
 * `require("…")`.
 */
function importsOf(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)[^;]*? from "([^"]+)";/gms);
  const expressions = text.matchAll(/\b(?:import|require)\(\s*"([^"]+)"\s*\)|^import "([^"]+)";/gm);
  return [...statements, ...expressions].map((found) => found[1] ?? found[2] ?? "");
}

/** Returns a program's text without comments and strings. */
function withoutText(text: string): string {
  return text.replace(/\/\*.*?\*\/|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\$]|\\.)*`|^\s*\/\/.*$/gms, "");
}

const provider = join(repository, "provider");
const files = readdirSync(provider, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);

describe("imports", () => {
  it("finds the files", () => expect(files.length).to.be.greaterThan(40));

  it("sees every way to import, and what is not pure", () => {
    const text = 'import a from "./a.ts";\nimport "./b.ts";\nexport type { C } from "./c.ts";\n';
    expect(importsOf(`${text}const d = import("./d.ts");\nlet e: import("./e.ts").E;\n`)).to.have.members(
      ["a", "b", "c", "d", "e"].map((name) => `./${name}.ts`),
    );
    for (const code of ["new Date()", "performance.now()", "process.env.HOME", "await x", "Math.random()"])
      expect(withoutText(`f(${code}, "text");`)).to.match(impure);
    expect(withoutText('// process.env\n/* new Date() */ f("await", `process.`, new Date(0))')).not.to.match(
      impure,
    );
  });

  it("goes in no circle, those of types included", () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, trail: readonly string[]) => {
      if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(" -> "));
      if (done.has(file) || trail.includes(file)) return;
      const text = readFileSync(join(provider, file), "utf8");
      for (const name of importsOf(text).filter((each) => /^\.{1,2}\/.*\.ts$/.test(each)))
        visit(join(dirname(file), name), [...trail, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(circles).to.deep.equal([]);
  });

  for (const file of files) {
    const text = readFileSync(join(provider, file), "utf8");
    const imports = importsOf(text);
    const folder = file.includes("/") ? file.slice(0, file.indexOf("/")) : "";
    it(`${file} imports downwards only`, () => {
      for (const name of imports) {
        if (!name.startsWith(".")) {
          expect(alone[name]?.test(file) ?? true, `${name} in ${file}`).to.equal(true);
          expect(pure.includes(folder) && name.startsWith("node:"), `${name} in ${file}`).to.equal(false);
          continue;
        }
        const target = relative(provider, join(provider, dirname(file), name));
        const other = target.includes("/") ? target.slice(0, target.indexOf("/")) : "";
        const isEntry = file === "index.ts" && ["components", "resources"].includes(other);
        const isFine = other === folder || other === "" || isEntry || allowed[folder]?.includes(other);
        expect(isFine, `${target} in ${file}`).to.equal(true);
        expect(engine.test(file) && tables.test(target), `${target} in ${file}`).to.equal(false);
      }
      if (pure.includes(folder)) {
        expect(withoutText(text)).not.to.match(impure);
        expect(withoutText(text)).not.to.match(state);
      }
      if (!knowsErrors.test(file)) expect(text).not.to.match(readsErrors);
    });
  }
});
