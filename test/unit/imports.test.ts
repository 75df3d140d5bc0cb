import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect } from "chai";
import { repository } from "../../tools/sandbox/folders.ts";

/** What each folder of provider/ may import from: the rule of ARCHITECTURE.md. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  model: [],
  plan: ["model"],
  report: ["plan", "model"],
  host: ["plan", "model"],
  operations: ["host", "plan", "model"],
  adapters: ["operations", "host", "plan", "model"],
  cli: ["report", "operations", "host", "plan", "model"],
  resources: [],
  components: ["resources", "operations", "host", "plan", "model"],
};
/** Packages that one file alone may know. */
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

const provider = join(repository, "provider");
const files = readdirSync(provider, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);

describe("imports", () => {
  it("finds the files", () => expect(files.length).to.be.greaterThan(40));

  for (const file of files) {
    const text = readFileSync(join(provider, file), "utf8");
    const imports = [...text.matchAll(/^(?:import|export)[^;]*? from "([^"]+)";/gms)].map(
      (found) => found[1] ?? "",
    );
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
        const isFine = other === folder || folder === "" || other === "" || allowed[folder]?.includes(other);
        expect(isFine, `${target} in ${file}`).to.equal(true);
      }
      if (pure.includes(folder)) expect(text).not.to.match(/\basync\b|\bDate\.now\b|\bMath\.random\b/);
    });
  }
});
