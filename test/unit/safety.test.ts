import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { repository } from "../../tools/sandbox/folders.ts";

const page = readFileSync(join(repository, "docs/safety.md"), "utf8");

/** Cells of the tables' rows, without the headings. */
const rows = page
  .split("\n")
  .filter((line) => /^\| (?!-|never |attack )/.test(line))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

/** Counts the tests in each of the files. A test that checks several cases states their number in its title. */
function countCases(files: readonly string[]): ReadonlyMap<string, number> {
  const paths = files.map((file) => join(repository, "dist/test", `${file}.test.js`));
  const mocha = [join(repository, "node_modules/mocha/bin/mocha.js"), "--dry-run", "--reporter", "json"];
  const found = execFileSync(process.execPath, [...mocha, ...paths], {
    cwd: repository,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 2 ** 26,
  });
  const { tests } = JSON.parse(found.slice(found.indexOf("{"))) as { tests: { file: string }[] };
  return new Map(
    files.map((file, index) => [file, tests.filter((test) => test.file === paths[index]).length]),
  );
}

describe("docs/safety.md", () => {
  for (const [never = "", held = ""] of rows.filter(({ length }) => length === 2))
    it(`names tests that are there: ${never}`, () => {
      const named = held.split("; ").map((each) => /^`(\S+)` (.+)$/.exec(each));
      for (const found of named) {
        const [, file = "", words = ""] = found ?? [];
        const path = join(repository, "test", `${file}.test.ts`);
        expect(existsSync(path), `${held}: ${path}`).to.equal(true);
        expect(readFileSync(path, "utf8")).to.contain(words);
      }
    });

  const attacks = rows
    .filter(({ length }) => length === 3)
    .map(([attack = "", cases = "", files = ""]) => {
      const names = [...files.matchAll(/`(\S+)`/g)].map((found) => found[1] ?? "");
      return { attack, cases, names };
    });
  let counts: ReadonlyMap<string, number>;
  before(() => {
    counts = countCases(attacks.flatMap(({ names }) => names));
  });
  for (const { attack, cases, names } of attacks)
    it(`counts ${attack}`, () => {
      const soak = names[0] === "host/soak";
      const counted = soak
        ? Number(
            /const changes = (\d+);/.exec(
              readFileSync(join(repository, "test/host/soak.test.ts"), "utf8"),
            )?.[1],
          )
        : names.reduce((sum, name) => sum + (counts.get(name) ?? 0), 0);
      expect(counted).to.equal(Number(cases));
    });
});
