/** What previews know about the files of a host. */

import { dirname, join } from "node:path/posix";
import { HostError } from "../../errors.ts";
import type { Command, CommandResult, Connection } from "../connection/connection.ts";
import { forRun } from "../process/perRun.ts";
import { askTogether } from "../read/together.ts";
import type { Source } from "./imageFiles.ts";
import { missingOf, requireFiles } from "./imageFiles.ts";

/**
 * Lists the folders of files, so that the next disk of a preview needs no question of its own. Prints each folder's
 * number before its entries. -F marks links, which may lead nowhere or to a folder, and folders.
 */
const askFolders = `
number=0
for folder; do
  printf '\\n//%s\\n' "$number"
  ls -1AF -- "$folder/" 2>/dev/null | head -n 4096
  number=$((number + 1))
done
exit 0
`;

/** Marks of -F. A file whose own name ends in one is asked for by itself, which does no harm. */
const marked = /[*/=>@|]$/;

/**
 * Prints the numbers of the folders that the user of QEMU's processes may not enter: libvirt gives that user access to
 * an image, but not to the folders above it. libvirt's capabilities name the user. Only root can test for another user.
 */
const askReach = `
[ "$(id -u)" -eq 0 ] || exit 0
user=$(virsh -c "$1" capabilities </dev/null | sed -n "s/.*<baselabel type='\\(kvm\\|qemu\\)'>+\\([0-9]*\\):+\\([0-9]*\\)<.*/--reuid=\\2 --regid=\\3/p" | head -n 1)
shift
as() { setpriv $user --init-groups -- test -x "$1" 2>/dev/null; }
[ -n "$user" ] && as / || exit 0
number=0
for folder; do
  [ ! -d "$folder" ] || as "$folder" || echo "$number"
  number=$((number + 1))
done
exit 0
`;

/** The files of a host that a preview has seen. */
interface Seen {
  /**
   * Paths that existed when they were asked for or when their folder was listed. A list's folders, links and other
   * entries that `ls` marks are not among them.
   */
  readonly there: Set<string>;
  /** Folders that QEMU can't enter. */
  readonly closed: Set<string>;
  /** Folders that were or are being looked into. */
  readonly folders: Map<string, Promise<void>>;
}

const seen = forRun(() => new Map<string, Seen>());

/** Problems with files that a preview reports. */
export interface FileProblems {
  /** Files that do not exist or have the wrong type. */
  readonly missing: readonly string[];
  /** Files that QEMU can't reach: a guest with one of them does not start. */
  readonly closed: readonly string[];
}

/**
 * Finds problems with files, for a preview. It lists each folder of a host once, for all disks with images there. It
 * asks each time for a file that the list lacks, because another resource may have made it meanwhile. A host that can't
 * answer has no problems: it was reachable before, and the change itself will find them.
 */
export async function previewFiles(connection: Connection, files: readonly Source[]): Promise<FileProblems> {
  const known = seen().get(connection.host) ?? { there: new Set(), closed: new Set(), folders: new Map() };
  seen().set(connection.host, known);
  const { there, closed } = known;
  const isSeen = ({ property, path }: Source) =>
    there.has(path) && (property !== "source.block" || path.startsWith("/dev/"));
  const open = files.filter((each) => !isSeen(each));
  const missing = open.length === 0 ? [] : await ask(connection, open, known);
  return {
    missing,
    closed: files
      .filter(({ disk, path }) => disk !== null && closed.has(dirname(path)))
      .map(
        ({ disk, property, path }) =>
          `${property} ${path} of disk ${disk} is out of reach: the user of QEMU may not enter its folder; put it elsewhere (/var/lib/libvirt/images), or let that user enter (chmod o+x) each folder above it`,
      ),
  };
}

async function ask(connection: Connection, open: readonly Source[], known: Seen): Promise<readonly string[]> {
  const looked = lookInto(connection, open, known);
  const [found] = await answersTo(connection, requireFiles(open));
  await looked;
  if (found?.exitCode === 0) for (const { path } of open) known.there.add(path);
  return missingOf(open, found);
}

/** Looks into the folders of files that nobody has looked into yet, and waits for those that somebody is looking into. */
async function lookInto(connection: Connection, files: readonly Source[], known: Seen): Promise<void> {
  const folders = [...new Set(files.map(({ path }) => dirname(path)).filter((each) => each.startsWith("/")))];
  const fresh = folders.filter((each) => !known.folders.has(each));
  const looked = fresh.length === 0 ? Promise.resolve() : list(connection, fresh, known);
  for (const each of fresh) known.folders.set(each, looked);
  await Promise.all(folders.map((each) => known.folders.get(each)));
}

async function list(
  connection: Connection,
  folders: readonly string[],
  { there, closed, folders: known }: Seen,
): Promise<void> {
  const contents = { argv: ["sh", "-c", askFolders, "sh", ...folders] };
  const reach = { argv: ["sh", "-c", askReach, "sh", connection.virshUri, ...folders] };
  const isSystem = connection.virshUri === "qemu:///system";
  const [listed, reached] = await answersTo(connection, [contents, ...(isSystem ? [reach] : [])]);
  if (listed?.exitCode !== 0) for (const each of folders) known.delete(each);
  let folder: string | undefined;
  // A list that was cut off may end within a name.
  for (const line of listed?.exitCode === 0 ? listed.stdout.split("\n") : []) {
    if (line.startsWith("//")) folder = folders[Number(line.slice(2))];
    else if (line !== "" && folder !== undefined && !marked.test(line)) there.add(join(folder, line));
  }
  for (const number of reached?.stdout.match(/\d+/g) ?? []) {
    const one = folders[Number(number)];
    if (one !== undefined) closed.add(one);
  }
}

/** No answers from a host that can't give them. */
function answersTo(
  connection: Connection,
  commands: readonly Command[],
): Promise<readonly (CommandResult | undefined)[]> {
  return askTogether(connection, commands).catch((error: unknown) => {
    if (error instanceof HostError) return [];
    throw error;
  });
}
