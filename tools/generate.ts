import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { printReference } from "./generate/reference.ts";
import { printResources } from "./generate/resources.ts";
import { printSchema } from "./generate/schema.ts";
import { printSettings } from "./generate/settings.ts";
import { printVersions } from "./generate/versions.ts";
import { repository } from "./sandbox/folders.ts";

/** Files generated from the rows in provider/model/arguments, and from what `npm run versions` wrote. */
const files: Readonly<Record<string, () => string>> = {
  "provider/resources/kinds.ts": printResources,
  "plugin/schema.json": printSchema,
  "docs/settings.md": printSettings,
  "docs/reference.md": printReference,
  "docs/versions.md": printVersions,
};

/**
 * Files that the formatter skips, because a table's longest cell would pad all others. biome.json excludes
 * them too.
 */
const asPrinted = ["docs/reference.md", "docs/versions.md"];

function formatted(file: string, text: string): string {
  const biome = join(repository, "node_modules/.bin/biome");
  const options = { cwd: repository, input: text, encoding: "utf8" } as const;
  const made = spawnSync(biome, ["check", "--write", "--stdin-file-path", file], options);
  if (made.status !== 0) throw new Error(made.stderr);
  return made.stdout;
}

const isCheck = process.argv.includes("--check");
for (const [file, print] of Object.entries(files)) {
  const text = asPrinted.includes(file) ? print() : formatted(file, print());
  const path = join(repository, file);
  if (!isCheck) writeFileSync(path, text);
  else if (readFileSync(path, "utf8") !== text) {
    console.error(`${file} is not what the rows make of it; run: npm run generate`);
    process.exitCode = 1;
  }
}
