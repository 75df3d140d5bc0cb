import { dirname, join } from "node:path/posix";
import { table } from "../../model/table.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Command, CommandResult, Connection } from "../connection/connection.ts";
import { forRun } from "../process/perRun.ts";

/** A file or block device on the host that a disk is made of, or that a guest boots from. */
interface Source {
  /** Null: the guest's own. */
  readonly disk: string | null;
  readonly property: string;
  readonly path: string;
}

const properties: Readonly<Record<string, string>> = table({
  dev: "source.block",
  path: "source.vhostUser",
});

function sourcesOf(disk: XmlElement): Source[] {
  // libvirt starts without a medium whose policy says that it may be missing.
  if ((valueAt(disk, "source/@startupPolicy") ?? "mandatory") !== "mandatory") return [];
  const target = valueAt(disk, "target/@dev") ?? "?";
  const file = valueAt(disk, "source/@file");
  const block = valueAt(disk, "source/@dev");
  const socket = attributeOf(disk, "type") === "vhostuser" ? valueAt(disk, "source/@path") : undefined;
  return [
    ...(file === undefined ? [] : [{ disk: target, property: "source.file", path: file }]),
    ...(block === undefined ? [] : [{ disk: target, property: "source.block", path: block }]),
    ...(socket === undefined ? [] : [{ disk: target, property: "source.vhostUser", path: socket }]),
  ];
}

/** What a guest boots from beside its disks, by their places; libvirt 9.0.0 looks at the emulator alone. */
const bootFiles: Readonly<Record<string, string>> = {
  "os/kernel": "kernel",
  "os/initrd": "initrd",
  "os/loader": "loader.path",
  "devices/emulator": "devices/emulator",
};

function bootFilesOf(domain: XmlElement, isAsked: (place: string) => boolean): Source[] {
  return Object.entries(bootFiles).flatMap(([place, property]): Source[] => {
    const path = valueAt(domain, place)?.trim();
    return path?.startsWith("/") && isAsked(place) ? [{ disk: null, property, path }] : [];
  });
}

/** Files of a declared domain. */
export function filesOf(domain: XmlElement): Source[] {
  return [...elementsAt(domain, "devices/disk").flatMap(sourcesOf), ...bootFilesOf(domain, () => true)];
}

/** Files that a plan adds, or changes for others. */
export function newFilesOf(plan: Plan): Source[] {
  const changed = new Set(plan.changes.map(({ change }) => change.path));
  const boot = plan.define ? bootFilesOf(plan.define, (place) => changed.has(place)) : [];
  return [...boot, ...newSourcesOf(plan)];
}

function newSourcesOf(plan: Plan): Source[] {
  return plan.changes.flatMap(({ change: { kind, desired, path, after } }): Source[] => {
    if (kind === "add" && desired?.name === "disk") return sourcesOf(desired);
    const [, disk, attribute] = /^devices\/disk\[([^\]]*)\]\/source\/@(file|dev|path)$/.exec(path) ?? [];
    if (disk === undefined || after === null) return [];
    return [{ disk, property: properties[attribute ?? ""] ?? "source.file", path: after }];
  });
}

/** One that may not be seen may be there: only what `ls` says not to exist counts. */
const askFiles = `
number=0 status=0
for file; do
  [ -e "$file" ] || case $(ls -d -- "$file" 2>&1 >/dev/null) in
    *'No such file or directory' | *'Not a directory') echo "$number"; status=1 ;;
  esac
  number=$((number + 1))
done
exit "$status"
`;

/** A command that lets those after it run only where all files are there. Empty: there is nothing to ask. */
export function requireFiles(files: readonly Source[]): Command[] {
  return files.length === 0 ? [] : [{ argv: ["sh", "-c", askFiles, "sh", ...files.map(({ path }) => path)] }];
}

function remedyOf(disk: string | null, property: string): string {
  if (disk === null) return "put it there first";
  if (property === "source.vhostUser") return "start the process that serves it";
  return "create it first, images are never made or deleted here";
}

/** What is wrong with files that a disk names and that the host does not have, by the answer to `requireFiles`. */
export function missingOf(files: readonly Source[], result: CommandResult | undefined): string[] {
  const missing = result?.exitCode === 1 ? (result.stdout.match(/\d+/g) ?? []).map(Number) : [];
  return files.flatMap(({ disk, property, path }, number) =>
    missing.includes(number)
      ? [
          `${property} ${path}${disk === null ? "" : ` of disk ${disk}`} does not exist there; ${remedyOf(disk, property)}`,
        ]
      : [],
  );
}

/** Prints what lies in the folders of files, so that the next disk of a preview needs no question of its own. */
const askFolders = `
for folder; do
  printf '\\n/%s\\n' "$folder"
  ls -1A -- "$folder" 2>/dev/null | head -n 4096
done
`;

/** Paths on a host that were there when their folder was listed. */
const seen = forRun(() => new Map<string, Set<string>>());

/**
 * The same for a preview: one round trip for a folder of a host, however many disks have their images there. What is
 * not in the list is asked for each time, since another resource may have made it meanwhile.
 */
export async function foreseeMissingFiles(
  connection: Connection,
  files: readonly Source[],
): Promise<string[]> {
  const there = seen().get(connection.host) ?? new Set<string>();
  seen().set(connection.host, there);
  const open = files.filter(({ path }) => !there.has(path));
  if (open.length === 0) return [];
  const folders = [...new Set(open.map(({ path }) => dirname(path)))];
  const list = { argv: ["sh", "-c", askFolders, "sh", ...folders] };
  const results = await connection.run([list, ...requireFiles(open)], { keepGoing: true });
  let folder = "";
  for (const line of results[0]?.stdout.split("\n") ?? []) {
    if (line.startsWith("//")) folder = line.slice(1);
    else if (line !== "" && !line.startsWith("/")) there.add(join(folder, line));
  }
  return missingOf(open, results[1]);
}

/** The same in a round trip of its own. */
export async function findMissingFiles(connection: Connection, files: readonly Source[]): Promise<string[]> {
  const commands = requireFiles(files);
  return commands.length === 0 ? [] : missingOf(files, (await connection.run(commands))[0]);
}
