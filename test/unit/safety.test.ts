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

/** Counts the tests in a file. A test that checks several cases states their number in its title. */
function countCases(file: string): number {
  const mocha = ["--dry-run", "--reporter", "json", join(repository, "dist/test", `${file}.test.js`)];
  const found = execFileSync(
    process.execPath,
    [join(repository, "node_modules/mocha/bin/mocha.js"), ...mocha],
    {
      cwd: repository,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  return (JSON.parse(found.slice(found.indexOf("{"))) as { stats: { tests: number } }).stats.tests;
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

  for (const [attack = "", cases = "", files = ""] of rows.filter(({ length }) => length === 3))
    it(`counts ${attack}`, () => {
      const names = [...files.matchAll(/`(\S+)`/g)].map((found) => found[1] ?? "");
      const soak = names[0] === "host/soak";
      const counted = soak
        ? Number(
            /const changes = (\d+);/.exec(
              readFileSync(join(repository, "test/host/soak.test.ts"), "utf8"),
            )?.[1],
          )
        : names.reduce((sum, name) => sum + countCases(name), 0);
      expect(counted).to.equal(Number(cases));
    });
});
