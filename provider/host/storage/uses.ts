/** Asks a host what uses a volume. */
import { randomBytes } from "node:crypto";
import { parseXml } from "../../model/xml/parse.ts";
import { childrenOf, elementsAt, textOf, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import type { VolumeFacts } from "../../plan/storage/facts.ts";
import type { Guest, Overlay } from "../../plan/storage/uses.ts";
import { usesOf } from "../../plan/storage/uses.ts";
import type { Connection } from "../connection/connection.ts";
import { splitFrames } from "../read/frames.ts";
import { readHost } from "../read/read.ts";
import { answerError, commandError } from "../virsh/errors.ts";
import { pathsTo } from "./image.ts";

/**
 * Prints what the definitions of domains do not tell: `sh -c … sh URI MARK [FORMAT PATH]…`
 *
 * - the definition of each domain in its managed save, which may have other disks;
 * - the XML of all volumes of all active pools, for those that are backed by others;
 * - the backing chain of each image. It passes the known format to qemu-img, because a guest can make a raw image look
 *   like another format.
 */
const ask = `
uri=$1 mark=$2; shift 2
ask() { virsh -c "$uri" "$@" </dev/null; }
ask list --all --with-managed-save --uuid | while read -r id; do
  [ -n "$id" ] || continue
  printf '\\n%s saved %s\\n' "$mark" "$id"
  ask managedsave-dumpxml "$id" 2>/dev/null
done
pools=$(ask pool-list --uuid) || exit
for pool in $pools; do
  volumes=$(ask vol-list --pool "$pool" | sed -n 's|^[^/]*\\(/.*\\)$|\\1|p') || exit
  printf '%s\\n' "$volumes" | while IFS= read -r path; do
    [ -n "$path" ] || continue
    printf '\\n%s volume\\n' "$mark"
    ask vol-dumpxml --vol "$path" 2>/dev/null
  done
done
while [ $# -gt 0 ]; do
  printf '\\n%s chain %s\\n' "$mark" "$#"
  qemu-img info -U -f "$1" --backing-chain --output=json "$2" 2>/dev/null </dev/null
  shift 2
done
printf '\\n%s done\\n' "$mark"
`;

/**
 * Says what uses a volume: guests, also those that are off or saved, through the backing chains of their disks; and
 * volumes that are backed by it.
 * @throws HostError when any of that can't be read
 */
export async function findUses(connection: Connection, volume: VolumeFacts): Promise<readonly string[]> {
  const what = `can't tell what uses the volume "${volume.name}"`;
  const { domains, busy } = await readHost(connection);
  const [held] = busy.keys();
  if (held !== undefined)
    throw answerError(
      what,
      connection.host,
      { argv: ["virsh"], stderr: "" },
      `no XML of the guest "${held}"`,
    );
  const found = [...domains.values()].map((domain) => ({ domain, ...treesOf(domain) }));
  const images = found.flatMap(({ domain, inactive }) =>
    imagesOf(inactive).map((image) => ({ ...image, domain })),
  );
  const mark = randomBytes(16).toString("hex");
  const words = images.flatMap(({ format, path }) => [format, path]);
  const argv = ["sh", "-c", ask, "sh", connection.virshUri, mark, ...words];
  const [result] = await connection.run([{ argv, timeoutSeconds: 120 }], { isRead: true });
  if (result?.exitCode !== 0)
    throw commandError(what, connection.host, result ?? { argv, exitCode: 1, stderr: "" });
  const frames = splitFrames(result.stdout, mark);
  if (frames.at(-1)?.[0] !== "done") throw answerError(what, connection.host, result, "no end");
  const bodies = (kind: string) => frames.filter(([head]) => head.split(" ")[0] === kind);
  const saved = new Map(bodies("saved").map(([head, body]) => [head.split(" ")[1], parsed(body)]));
  const chains = bodies("chain").map(([, body]) => filesIn(body));
  const guests = found.map(
    ({ domain, inactive, live }): Guest => ({
      name: domain.name,
      trees: [inactive, live, saved.get(domain.uuid)].filter((tree): tree is XmlElement => Boolean(tree)),
      chains: images.flatMap((image, at) => (image.domain === domain ? (chains[at] ?? []) : [])),
    }),
  );
  const overlays = bodies("volume").flatMap(([, body]) => overlayIn(parsed(body)));
  // A guest may name the file by another path: through a link to its folder.
  const named = new Set([
    ...guests.flatMap(({ trees, chains: files }) => [...trees.flatMap(pathsIn), ...files]),
    ...overlays.map(({ backing }) => backing),
  ]);
  const paths = new Set([volume.path, ...(await pathsTo(connection, volume.path, [...named]))]);
  const uses = [...paths].flatMap((path) => usesOf({ ...volume, path }, guests, overlays));
  return [...new Set(uses)];
}

/** All absolute paths that XML names. */
function pathsIn(element: XmlElement): string[] {
  const texts = [...element.attributes.map(({ value }) => value), textOf(element)];
  return [...texts.filter((text) => text.startsWith("/")), ...childrenOf(element).flatMap(pathsIn)];
}

/** The images of a definition that may be overlays. */
function imagesOf(domain: XmlElement): { readonly format: string; readonly path: string }[] {
  return elementsAt(domain, "devices/disk").flatMap((disk) => {
    const [source] = childrenOf(disk, "source");
    const path = source && (valueAt(source, "@file") ?? valueAt(source, "@dev"));
    const format = valueAt(disk, "driver/@type") ?? "raw";
    return path === undefined || format === "raw" ? [] : [{ format, path }];
  });
}

function overlayIn(volume: XmlElement | null): Overlay[] {
  const backing = volume && valueAt(volume, "backingStore/path");
  return volume && backing ? [{ name: valueAt(volume, "name") ?? "", backing }] : [];
}

/** A volume that went away meanwhile has no XML. */
function parsed(text: string): XmlElement | null {
  return text.trim() === "" ? null : parseXml(text.trim());
}

/** All files of a chain, from the output of qemu-img; none where it could not read the image. */
function filesIn(json: string): string[] {
  if (json.trim() === "") return [];
  const images = JSON.parse(json) as readonly Readonly<Record<string, unknown>>[];
  return images.flatMap((each) =>
    ["filename", "full-backing-filename"].flatMap((name) =>
      typeof each[name] === "string" ? [each[name]] : [],
    ),
  );
}
