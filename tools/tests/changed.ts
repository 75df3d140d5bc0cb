import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { repository } from "../sandbox/folders.ts";

/** What decides over every test: packages, the compiler's settings, and what runs the tests. */
const everywhere =
  /^(?:package(?:-lock)?\.json|tsconfig\.json|tools\/(?:tests\/.*|test-runner\.ts|bootstrap\.sh)|test\/support\/(?:hooks|leakHooks)\.ts)$/;
/** What the engine loads by this name, which no import shows. */
const handlers = { name: "pulumi-virsh/handlers", file: "provider/adapters/dynamic.ts" };

/** Compiled test files that a change since `main` reaches, or all of them where it is of what decides over every test. */
export function selectChanged(files: readonly string[]): readonly string[] {
  const changed = new Set(listChanges());
  if ([...changed].some((file) => everywhere.test(file))) return files;
  return files.filter((file) => {
    const source = sourceOf(file);
    return [...reach(source)].some((each) => changed.has(each));
  });
}

/** Files that differ from the commit at which this branch left main, new ones and those not committed included. */
function listChanges(): readonly string[] {
  const main = ["main", "origin/main"].find((name) =>
    git("branch", "-a", "--list", "--format=%(refname:short)", name),
  );
  const base = main === undefined ? "HEAD" : git("merge-base", "HEAD", main);
  const lists = [git("diff", "--name-only", base), git("ls-files", "--others", "--exclude-standard")];
  return lists.flatMap((list) => list.split("\n")).filter((file) => file !== "");
}

function git(...args: string[]): string {
  return execFileSync("git", args, { cwd: repository, encoding: "utf8" }).trim();
}

const known = new Map<string, readonly string[]>();

/** The file itself, and all that it imports or names, directly or not. */
export function reach(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  let next = known.get(file);
  if (!next) {
    next = listUses(file);
    known.set(file, next);
  }
  for (const each of next) reach(each, seen);
  return seen;
}

/** Files that a file imports, types included; and what it names by a path of the repository, to run or read it. */
function listUses(file: string): readonly string[] {
  if (!/\.ts$|^plugin\/[^.]*$/.test(file)) return [];
  const text = readFileSync(join(repository, file), "utf8");
  const imports = [...text.matchAll(/(?:from|import\(|import) ?"(\.[^"]+)"/g)].map(([, path = ""]) =>
    relative(repository, join(repository, dirname(file), path)),
  );
  const named = [
    ...text.matchAll(/["/]((?:dist|docs|examples|plugin|test|tools)\/[\w./-]+)/g),
    ...text.matchAll(/\brepository, "([\w./-]+)"/g),
  ].map(([, path = ""]) => sourceOf(path));
  const byName = text.includes(handlers.name) ? [handlers.file] : [];
  return [...imports, ...named, ...byName].flatMap(listFiles);
}

/** `provider/cli/main.ts` of `dist/provider/cli/main.js`. */
function sourceOf(path: string): string {
  return path.startsWith("dist/") ? path.slice(5).replace(/\.js$/, ".ts") : path;
}

/** The file, or all files below a folder; none where there is nothing of that name. */
function listFiles(path: string): readonly string[] {
  const full = join(repository, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  return readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)));
}
