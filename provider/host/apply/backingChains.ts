/** Asks the host for the backing chains that the XML lacks, for example those of a guest that is off. */
import { parseXml } from "../../model/xml/parse.ts";
import { attributeOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { MovedDisk } from "../../plan/checks/overlays.ts";
import { findUnproven, tellOverlay } from "../../plan/checks/overlays.ts";
import type { Situation } from "../../plan/situation/situation.ts";
import type { Connection } from "../connection/connection.ts";

const mark = "@@overlay";

/**
 * Prints the chain of each image, then all snapshots. It passes the known format to qemu-img, because a guest can make
 * a raw image look like another format.
 */
const ask = `
uri=$1 domain=$2; shift 2
while [ $# -gt 0 ]; do
  echo '${mark} chain'
  qemu-img info -U -f "$1" --backing-chain --output=json "$2" 2>/dev/null </dev/null
  shift 2
done
virsh -c "$uri" snapshot-list "$domain" --name 2>/dev/null </dev/null | while IFS= read -r name; do
  [ -n "$name" ] || continue
  echo '${mark} snapshot'
  virsh -c "$uri" snapshot-dumpxml "$domain" "$name" 2>/dev/null </dev/null
done
exit 0
`;

/**
 * Reasons why a disk's source can't be set back to the declared one. Asks the host only when a source differs and the
 * XML does not explain why.
 */
export async function findOverlaysThere(
  connection: Connection,
  { name, uuid }: { readonly name: string; readonly uuid: string },
  desired: XmlElement,
  situation: Situation,
): Promise<string[]> {
  const moved = findUnproven(desired, situation);
  if (moved.length === 0) return [];
  const words = moved.flatMap(({ format, actual }) => [format, actual]);
  const argv = ["sh", "-c", ask, "sh", connection.virshUri, uuid, ...words];
  const [result] = await connection.run([{ argv, timeoutSeconds: 60 }], { isRead: true, keepGoing: true });
  const frames = (result?.stdout ?? "").split(`${mark} `).slice(1);
  const bodies = (kind: string) =>
    frames.filter((frame) => frame.startsWith(`${kind}\n`)).map((frame) => frame.slice(kind.length + 1));
  const chains = bodies("chain").map(filesIn);
  const snapshots = bodies("snapshot").flatMap(readSnapshot);
  return moved
    .filter((disk, at) => chains[at]?.includes(disk.declared) || snapshots.some((xml) => isMadeBy(xml, disk)))
    .map((disk) => tellOverlay(name, disk));
}

/** All files of a chain, from the output of qemu-img. */
function filesIn(json: string): string[] {
  try {
    const images = JSON.parse(json) as readonly Readonly<Record<string, unknown>>[];
    return images.flatMap((each) =>
      ["filename", "full-backing-filename", "backing-filename"].flatMap((name) =>
        typeof each[name] === "string" ? [each[name]] : [],
      ),
    );
  } catch {
    // The host has no qemu-img, or this login may not read the image: the snapshots remain as a source.
    return [];
  }
}

function readSnapshot(text: string): XmlElement[] {
  try {
    return [parseXml(text.trim())];
  } catch {
    return [];
  }
}

/** Whether this snapshot moved the disk from its declared image to the present one. */
function isMadeBy(snapshot: XmlElement, { target, declared, actual }: MovedDisk): boolean {
  const has = (disk: XmlElement, path: string) =>
    [valueAt(disk, "source/@file"), valueAt(disk, "source/@dev")].includes(path);
  const made = elementsAt(snapshot, "disks/disk").some(
    (disk) => attributeOf(disk, "name") === target && has(disk, actual),
  );
  return (
    made &&
    elementsAt(snapshot, "domain/devices/disk").some(
      (disk) => valueAt(disk, "target/@dev") === target && has(disk, declared),
    )
  );
}
