import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Lists the written files with their digests, so that a later run notices edits. */
const manifest = ".adopted.json";

/**
 * Writes the files into a folder. The folder may be empty, or contain unedited files of an earlier run and other
 * files of different names. Returns the names of files that are new or differ.
 * @throws Error when somebody else's content would be lost; then nothing is written
 */
export function writeProgram(folder: string, files: ReadonlyMap<string, string>): string[] {
  const before = readManifest(folder);
  const there = existsSync(folder) ? readdirSync(folder) : [];
  if (before === null && there.length > 0) {
    throw new Error(`${folder}: is not empty; nothing was written: name a new folder with --out`);
  }
  const edited = Object.entries(before ?? {}).filter(
    ([name, digest]) => there.includes(name) && digestOf(read(folder, name)) !== digest,
  );
  const strange = [...files.keys()].filter((name) => there.includes(name) && before?.[name] === undefined);
  const own = [...edited.map(([name]) => name), ...strange].toSorted((a, b) => (a < b ? -1 : 1));
  if (own.length > 0) {
    throw new Error(
      `${folder}: ${own.join(", ")} changed since it was written; nothing was overwritten: write to a new folder with --out, and compare`,
    );
  }
  const changed = [...files].filter(([name, text]) => !there.includes(name) || read(folder, name) !== text);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of changed) writeFileSync(join(folder, name), text);
  // Somebody else's list may name any path, so only files in the folder itself are removed.
  for (const name of Object.keys(before ?? {}))
    if (!files.has(name) && there.includes(name)) rmSync(join(folder, name));
  const digests = Object.fromEntries(
    [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => [name, digestOf(text)]),
  );
  const text = `${JSON.stringify(digests, null, 2)}\n`;
  if (!there.includes(manifest) || read(folder, manifest) !== text)
    writeFileSync(join(folder, manifest), text);
  return changed.map(([name]) => name);
}

function readManifest(folder: string): Record<string, string> | null {
  const file = join(folder, manifest);
  if (!existsSync(file)) return null;
  const content: unknown = JSON.parse(readFileSync(file, "utf8"));
  return typeof content === "object" ? (content as Record<string, string>) : null;
}

const read = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");
const digestOf = (text: string) => createHash("sha256").update(text).digest("hex");
