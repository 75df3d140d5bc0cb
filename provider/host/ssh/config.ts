import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import type SSHConfig from "ssh-config";
import type { Directive, Line, Section } from "ssh-config";
import { HostError } from "../../errors.ts";

type Package = typeof import("ssh-config");

/** Returns all values that the SSH configuration gives a setting. The name is in lower case. */
export type Configured = (name: string) => string[];

/**
 * Reads a host's settings from `~/.ssh/config` and `/etc/ssh/ssh_config`, with included files. If a setting occurs
 * twice, the first one counts, as in OpenSSH.
 * @throws HostError for a file that can't be read
 */
export async function readSshConfig(alias: string, user: string | null, host: string): Promise<Configured> {
  // The package has types for ES modules only.
  const sshConfig = await import("ssh-config");
  const places = [join(homedir(), ".ssh", "config"), "/etc/ssh/ssh_config"];
  const all = new sshConfig.default();
  for (const file of places.filter((each) => existsSync(each))) {
    all.push(...readLines(sshConfig, file, { alias, host, folder: dirname(file), depth: 0 }));
  }
  const found = all.compute(user === null ? { Host: alias } : { Host: alias, User: user }, {
    ignoreCase: true,
  });
  const values = new Map(Object.entries(found).map(([key, value]) => [key.toLowerCase(), value]));
  return (name) => [values.get(name) ?? []].flat().map(String);
}

interface Place {
  readonly alias: string;
  readonly host: string;
  /** Folder that relative names of included files start from. */
  readonly folder: string;
  readonly depth: number;
}

function readLines(sshConfig: Package, file: string, place: Place): Line[] {
  if (place.depth > 16) throw unusable(`${file} is included in a circle`, place);
  let lines: SSHConfig;
  try {
    lines = sshConfig.default.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    throw unusable(`can't read ${file}: ${(cause as Error).message}`, place, cause);
  }
  return lines.flatMap((line) => expand(sshConfig, line, place));
}

/** Replaces `Include` by the included lines. A section that is included inside another applies if both match the host. */
function expand(sshConfig: Package, line: Line, place: Place): Line[] {
  if (!("param" in line)) return [line];
  if (isInclude(line)) return included(sshConfig, line, place);
  if (!("config" in line)) return [line];
  const outer = (line as Section).config.flatMap((inner): Line[] =>
    isInclude(inner) ? included(sshConfig, inner as Directive, place) : [inner],
  );
  const nested = outer.filter((inner) => "config" in inner);
  const own = new sshConfig.default();
  own.push(...outer.filter((inner) => !("config" in inner)));
  const words = wordsOf(line as Directive);
  const isAll = words.join(" ").toLowerCase() === "all" && !/^host$/i.test(line.param);
  if (nested.length > 0 && !isAll && !/^host$/i.test(line.param))
    throw unusable(`${line.param} ${words.join(" ")} includes sections, which can't be read here`, place);
  const fits = isAll || sshConfig.glob(words, place.alias);
  return [{ ...line, config: own } as Section, ...(fits ? nested : [])];
}

function isInclude(line: Line): boolean {
  return "param" in line && /^include$/i.test(line.param);
}

function wordsOf(line: Directive | Section): string[] {
  return Array.isArray(line.value) ? line.value.map(({ val }) => val) : line.value.split(/\s+/);
}

function included(sshConfig: Package, line: Directive, place: Place): Line[] {
  return wordsOf(line).flatMap((pattern) => {
    const path = pattern.replace(/^~(?=\/)/, homedir());
    const files = findFiles(sshConfig, isAbsolute(path) ? path : join(place.folder, path));
    return files.flatMap((file) => readLines(sshConfig, file, { ...place, depth: place.depth + 1 }));
  });
}

/** Finds the files that match a pattern, sorted. No match is not an error, as in OpenSSH. */
function findFiles(sshConfig: Package, pattern: string): string[] {
  if (!/[*?]/.test(pattern)) return existsSync(pattern) ? [pattern] : [];
  const name = basename(pattern);
  const folders = findFiles(sshConfig, dirname(pattern));
  return folders.flatMap((folder) => {
    const names = existsSync(folder) ? readdirSync(folder).sort() : [];
    return names.filter((each) => matches(sshConfig, name, each)).map((each) => join(folder, each));
  });
}

function matches(sshConfig: Package, pattern: string, name: string): boolean {
  return (!name.startsWith(".") || pattern.startsWith(".")) && sshConfig.glob([pattern], name);
}

function unusable(what: string, place: Place, cause?: unknown): HostError {
  return new HostError(what, place.host, {
    code: "sshConfigUnusable",
    remedy: "nothing was done; correct the SSH configuration",
    ...(cause === undefined ? {} : { cause }),
  });
}
