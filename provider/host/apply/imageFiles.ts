import { table } from "../../model/table.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Command, CommandResult, Connection } from "../connection/connection.ts";

/** A file or block device on the host that is the source of a disk, or that a guest boots from. */
export interface Source {
  /** Target of the disk; `null` for a file that the guest boots from. */
  readonly disk: string | null;
  readonly property: string;
  readonly path: string;
}

const properties: Readonly<Record<string, string>> = table({
  dev: "source.block",
  path: "source.vhostUser",
});

function sourcesOf(disk: XmlElement): Source[] {
  // libvirt starts the guest without a medium that its policy allows to be missing.
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

/** Files, beside disks, that a guest boots from: place → argument. libvirt 9.0.0 itself checks only the emulator. */
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

/**
 * Files that a start of a domain opens. Leaves out a file in whose place the program declares another one.
 * @param declared everything that the program declares for the domain
 */
export function filesOfStart(domain: XmlElement, declared: readonly XmlElement[]): Source[] {
  const wanted = declared.flatMap(filesOf);
  const targets = new Set(
    declared.flatMap((tree) => elementsAt(tree, "devices/disk").map((disk) => valueAt(disk, "target/@dev"))),
  );
  const isReplaced = ({ disk, property, path }: Source) => {
    const others = wanted.filter(
      (each) => each.disk === disk && (disk !== null || each.property === property),
    );
    const isDeclared = disk === null ? others.length > 0 : targets.has(disk);
    return isDeclared && others.every((each) => each.path !== path);
  };
  return filesOf(domain).filter((each) => !isReplaced(each));
}

/** Files that a plan adds or replaces. */
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

/**
 * Tests files; arguments: property, path, … A file that this login may not see may exist, so a file is missing only
 * when `ls` says that it, or what it is a link to, does not exist.
 */
const askFiles = `
number=0 status=0
tell() { echo "$number $1"; status=1; }
while [ $# -gt 1 ]; do
  if [ -d "$2" ] && [ "$1" = source.file ]; then tell folder
  elif [ -f "$2" ] && [ "$1" = source.block ]; then tell file
  elif [ ! -e "$2" ]; then
    case $(ls -dL -- "$2" 2>&1 >/dev/null) in
      *'No such file or directory' | *'Not a directory') tell missing ;;
    esac
  fi
  number=$((number + 1))
  shift 2
done
exit "$status"
`;

/** A command that lets the commands after it run only if all files exist. Empty when there are no files. */
export function requireFiles(files: readonly Source[]): Command[] {
  const words = files.flatMap(({ property, path }) => [property, path]);
  return files.length === 0 ? [] : [{ argv: ["sh", "-c", askFiles, "sh", ...words] }];
}

function remedyOf(disk: string | null, property: string): string {
  if (disk === null) return "put it there first";
  if (property === "source.vhostUser") return "start the process that serves it";
  return "create it first, or declare a Volume and name its path";
}

/** Answer of `askFiles` → message. QEMU has separate drivers for regular files and devices (7.2). */
const wrongs: Readonly<Record<string, (source: Source) => string>> = table({
  missing: ({ disk, property }) => `does not exist there; ${remedyOf(disk, property)}`,
  folder: () => "is a folder there; name an image in it",
  file: () => "is a regular file there and no block device; name it by source.file",
});

/** Problems with files, from the answer to `requireFiles`. */
export function missingOf(files: readonly Source[], result: CommandResult | undefined): string[] {
  const answers = result?.exitCode === 1 ? result.stdout.matchAll(/^(\d+) (\w+)$/gm) : [];
  return [...answers].flatMap(([, number, wrong = ""]) => {
    const source = files[Number(number)];
    const say = wrongs[wrong];
    if (!source || !say) return [];
    const { disk, property, path } = source;
    return [`${property} ${path}${disk === null ? "" : ` of disk ${disk}`} ${say(source)}`];
  });
}

/** Finds problems with files, in a round trip of its own. */
export async function findMissingFiles(connection: Connection, files: readonly Source[]): Promise<string[]> {
  const commands = requireFiles(files);
  return commands.length === 0 ? [] : missingOf(files, (await connection.run(commands))[0]);
}
