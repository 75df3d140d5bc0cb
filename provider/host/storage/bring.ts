/**
 * Brings an image into the folder of a pool. It has a name of its own until it is whole and checked, so that nothing
 * half-brought ever has a volume's name: the exit code of a transfer proves nothing about the file.
 */
import { randomBytes } from "node:crypto";
import { HostError } from "../../errors.ts";
import { printBytes } from "../../model/values/units.ts";
import type { Image } from "../../plan/storage/volume.ts";
import type { Connection } from "../connection/connection.ts";
import { askTogether } from "../read/together.ts";
import { commandError, whyNotFetched } from "../virsh/errors.ts";

/** Most seconds that a transfer may take. */
const transferSeconds = 6 * 3600;

const wrongDigest = 70;
const notDecompressed = 71;
const nameTaken = 73;

/**
 * Fetches a file: `sh -c … sh PART FILE ALGORITHM DIGEST PROGRAM`, with curl's settings on standard input, so that the URL
 * is in no list of processes. Prints qemu-img's facts about it.
 *
 * It prints dots while it waits. When the connection breaks, the next dot fails: then curl is ended and the file removed.
 * Files of runs that were killed are removed after a day.
 */
const fetchScript = `umask 077
part=$1 file=$2 algorithm=$3 digest=$4 program=$5
if [ -e "$file" ] || [ -L "$file" ]; then exit ${nameTaken}; fi
trap '' PIPE
give_up() { rm -f "$part" "$part.raw"; exit "$1"; }
trap 'kill "$job" 2>/dev/null; give_up 129' HUP INT TERM
find "\${part%/*}" -maxdepth 1 -name '.pulumi-virsh-*.part*' -mmin +1440 -exec rm -f {} + 2>/dev/null
watch() {
  job=$1 pause=0.05
  while kill -0 "$job" 2>/dev/null; do
    sleep "$pause"
    printf . 2>/dev/null || { kill "$job"; give_up 1; }
    case $pause in 0.05) pause=0.2 ;; *) pause=1 ;; esac
  done
  wait "$job"
}
settings=$(cat)
printf '%s\\n' "$settings" | curl -fsSL --proto =http,https,file --proto-redir =http,https --connect-timeout 30 --speed-limit 1 --speed-time 120 -K - -o "$part" &
watch "$!" || give_up "$?"
if [ -n "$digest" ]; then
  "\${algorithm}sum" "$part" >"$part.sum" &
  watch "$!" || { rm -f "$part.sum"; give_up 1; }
  found=$(cut -d' ' -f1 <"$part.sum"); rm -f "$part.sum"
  [ "$found" = "$digest" ] || { printf '%s\\n' "$found" >&2; give_up ${wrongDigest}; }
fi
if [ -n "$program" ]; then
  "$program" -dc <"$part" >"$part.raw" &
  watch "$!" || give_up ${notDecompressed}
  mv -f "$part.raw" "$part"
fi
printf '\\n'
qemu-img info --output=json "$part" || give_up 1
`;

/**
 * Gives a checked image its name: `sh -c … sh PART FILE FORMAT`. A link fails where the name exists; a move would
 * replace what has it.
 */
const placeScript = `part=$1 file=$2
give_up() { rm -f "$part"; exit "$1"; }
if [ "$3" = qcow2 ]; then
  said=$(qemu-img check -q -f qcow2 "$part" 2>&1) || { printf '%s\\n' "$said" >&2; give_up 1; }
fi
if [ -e "$file" ] || [ -L "$file" ]; then give_up ${nameTaken}; fi
ln "$part" "$file" || give_up 1
rm -f "$part"
`;

/**
 * Brings an image to `folder/name`.
 * @returns false when something has the name already; then nothing has changed
 * @throws HostError when it can't be brought, or is not what is declared; then nothing of it is left on the host
 */
export async function bringImage(
  connection: Connection,
  { folder, name }: { readonly folder: string; readonly name: string },
  image: Image,
  wanted: { readonly format: string; readonly capacity: number | null },
): Promise<boolean> {
  const file = `${folder}/${name}`;
  const part = `${folder}/.pulumi-virsh-${randomBytes(8).toString("hex")}.part`;
  const what = `can't bring the image of the volume "${name}"`;
  const facts = await fetchImage(connection, what, { part, file }, image);
  if (facts === null) return false;
  const wrong = whyNotUsable(facts, wanted);
  if (wrong !== null) {
    await connection.run([{ argv: ["rm", "-f", part] }]);
    throw new HostError(what, connection.host, {
      stderr: wrong,
      remedy: "nothing of it is left on the host",
    });
  }
  const argv = ["sh", "-c", placeScript, "sh", part, file, wanted.format];
  const [result] = await connection.run([{ argv, timeoutSeconds: 3600 }]);
  if (result?.exitCode === 0) return true;
  if (result?.exitCode === nameTaken) return false;
  throw commandError(what, connection.host, {
    argv: ["qemu-img", "check", name],
    exitCode: result?.exitCode ?? 1,
    stderr: result?.stderr ?? "",
  });
}

/** What qemu-img says of the file; `null` when something has the name already. @throws HostError */
async function fetchImage(
  connection: Connection,
  what: string,
  { part, file }: { readonly part: string; readonly file: string },
  { url, checksum = "", decompress = "" }: Image,
): Promise<Readonly<Record<string, unknown>> | null> {
  const [algorithm = "", digest = ""] = checksum.split(":");
  const argv = ["sh", "-c", fetchScript, "sh", part, file, algorithm, digest, decompress];
  const settings = `url = "${url.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const [result] = await connection.run([{ argv, stdin: settings, timeoutSeconds: transferSeconds }]);
  if (result?.exitCode === 0) {
    const json = result.stdout.slice(result.stdout.indexOf("{"));
    return JSON.parse(json) as Readonly<Record<string, unknown>>;
  }
  const { exitCode = 1, stderr = "" } = result ?? {};
  if (exitCode === nameTaken) return null;
  const said =
    exitCode === wrongDigest
      ? `the file at the URL has ${algorithm}:${stderr.trim()}, not the declared ${checksum}`
      : exitCode === notDecompressed
        ? `the file at the URL is not what ${decompress} compresses, or it is cut off: ${stderr.trim()}`
        : whyNotFetched(exitCode, stderr);
  throw new HostError(what, connection.host, { stderr: said, remedy: "nothing of it is left on the host" });
}

/** Why a fetched image must not be used; `null` when it may be. A backing or data file would let it read any other. */
function whyNotUsable(
  facts: Readonly<Record<string, unknown>>,
  { format, capacity }: { readonly format: string; readonly capacity: number | null },
): string | null {
  const size = Number(facts["virtual-size"]);
  if (capacity !== null && capacity < size)
    return `the declared capacity of ${printBytes(capacity)} is less than its ${printBytes(size)}: the guest would see a disk that is cut off`;
  // Anything that is no other format is raw.
  if (facts.format !== format) return `it is ${String(facts.format)}, not the declared format ${format}`;
  if (facts["backing-filename"] !== undefined)
    return "it has another image below it, which an image from outside must not name";
  const specific = facts["format-specific"] as
    | { readonly data?: Readonly<Record<string, unknown>> }
    | undefined;
  return specific?.data?.["data-file"] === undefined
    ? null
    : "its data are in another file, which an image from outside must not name";
}

/** Names the programs that the host lacks for bringing an image. @throws HostError when the host can't be asked */
export async function findLackingPrograms(
  connection: Connection,
  { decompress }: Image,
): Promise<readonly string[]> {
  const programs = ["curl", "qemu-img", ...(decompress === undefined ? [] : [decompress])];
  const look = 'for each; do command -v "$each" >/dev/null || echo "$each"; done';
  const [result] = await askTogether(connection, [{ argv: ["sh", "-c", look, "sh", ...programs] }]);
  return (result?.stdout ?? "").split("\n").filter((each) => programs.includes(each));
}
