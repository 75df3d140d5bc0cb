import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { printMarkdown } from "../../provider/report/comment/markdown.ts";
import { printJson } from "../../provider/report/json.ts";
import { makeReport } from "../../provider/report/make.ts";
import { printHtml } from "../../provider/report/page/html.ts";
import { readRecords } from "../../provider/report/readRecords.ts";
import { resource } from "../support/records.ts";

const plan = "examples/report/plan.jsonl";
const main = join(__dirname, "../../provider/cli/main.js");
const lines = readFileSync(plan, "utf8").trim().split("\n");

/** Returns every place in a value: names and indices from its root. */
function placesIn(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [at];
  return [at, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...at, name]))];
}

/** Returns the value with another one at a place; `undefined` removes it. */
function mutated(value: unknown, [name, ...rest]: readonly string[], by: unknown): unknown {
  if (name === undefined) return by;
  const entries = Object.entries(value as object).map(([key, inner]) => [
    key,
    key === name ? mutated(inner, rest, by) : inner,
  ]);
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

describe("a plan file that is not as it was written", () => {
  it("any line with anything in any place: a report, or an error that names the line", () => {
    const place = fc
      .nat(lines.length - 1)
      .chain((index) =>
        fc.tuple(fc.constant(index), fc.constantFrom(...placesIn(JSON.parse(lines[index] ?? "")))),
      );
    const by = fc.oneof(
      fc.constantFrom(undefined, null, "", "constructor", 0, -1, 1e308, [], {}, true, [null], { a: 1 }),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const law = fc.property(place, by, ([index, at], value) => {
      const edited = mutated(JSON.parse(lines[index] ?? ""), at, value);
      const text = edited === undefined ? "" : JSON.stringify(edited);
      let records: ReturnType<typeof readRecords>;
      try {
        records = readRecords(lines.map((line, i) => (i === index ? text : line)).join("\n"));
      } catch (error) {
        expect(String(error)).to.match(new RegExp(`^Error: line ${index + 1} `));
        return;
      }
      const report = makeReport(records, null);
      for (const print of [printMarkdown, printHtml, printJson]) expect(print(report)).to.be.a("string");
    });
    fc.assert(law, { numRuns: 300 });
  }).timeout(120_000);

  const broken: readonly { name: string; edit: object; says: RegExp }[] = [
    {
      name: "no changes",
      edit: { changes: null },
      says: /line 1 is no record of a plan: changes: must be a list, not null/,
    },
    {
      name: "a label that there is not",
      edit: { label: "soon" },
      says: /label: must be one of delete, .*, not a string/,
    },
    {
      name: "a change that is text",
      edit: { changes: ["x"] },
      says: /changes\[0\]: must be an object, not a string/,
    },
    { name: "no domain", edit: { domain: undefined }, says: /domain: is required/ },
  ];
  for (const { name, edit, says } of broken)
    it(`names line and place: ${name}`, () =>
      expect(() => readRecords(JSON.stringify(resource("a", edit)))).to.throw(says));

  for (const text of ["", "\n\n", "  \n"])
    it(`without a record is an error: ${JSON.stringify(text)}`, () =>
      expect(() => readRecords(text)).to.throw("no records: was the preview run with PULUMI_VIRSH_PLAN?"));
});

describe("pulumi-virsh report without a place to write", function () {
  this.timeout(60_000);
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "report-"));
    const many = Array.from({ length: 3000 }, (_, index) => JSON.stringify(resource(`guest-${index}`)));
    writeFileSync(join(folder, "plan.jsonl"), `${many.join("\n")}\n`);
    writeFileSync(join(folder, "empty.jsonl"), "");
  });
  after(() => rmSync(folder, { recursive: true }));
  const report = [process.execPath, main, "report", "plan.jsonl", "--format", "html"];
  const shell = (command: string) =>
    spawnSync("bash", ["-c", command, "bash", ...report], { cwd: folder, encoding: "utf8" });

  it("a reader that leaves ends it without a word, with its exit code", () => {
    const whole = shell('set -o pipefail; "$@" | head -c 10 >/dev/null');
    expect([whole.status, whole.stderr]).to.deep.equal([0, ""]);
    const failing = shell('set -o pipefail; "$@" --fail-on live | head -c 10 >/dev/null');
    expect(failing.status).to.equal(2);
    expect(failing.stderr).to.match(/^(?:--fail-on: the plan has .*\n)?$/);
  });

  it("a full disk and a closed output are errors in one line", () => {
    const full = shell('"$@" >/dev/full');
    expect([full.status, full.stderr]).to.deep.equal([1, "standard output: cannot be written (ENOSPC)\n"]);
    const closed = shell('"$@" >&-');
    expect(closed.stderr).not.to.match(/\n\s+at /);
    expect(shell('"$@" --output /dev/full').stderr).to.equal("/dev/full: cannot be written (ENOSPC)\n");
  });

  it("a reader that leaves other commands ends them too", async () => {
    const child = spawn(process.execPath, [main, "report", "--help"], { stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    const said: string[] = [];
    child.stderr.setEncoding("utf8").on("data", (text: string) => said.push(text));
    await new Promise((resolve) => child.on("close", resolve));
    expect(said.join("")).to.equal("");
  });

  it("an empty plan file is no report of no changes", () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, "report", "empty.jsonl"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect([status, stdout, stderr]).to.deep.equal([
      1,
      "",
      "empty.jsonl: no records: was the preview run with PULUMI_VIRSH_PLAN?\n",
    ]);
  });
});
