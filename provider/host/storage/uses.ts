/** Asks a host what uses a volume. */
import { randomBytes } from "node:crypto";
import { HostError } from "../../errors.ts";
import { parseXml, XmlError } from "../../model/xml/parse.ts";
import { childrenOf, elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import type { VolumeFacts } from "../../plan/storage/facts.ts";
import type { Growth, Owner } from "../../plan/storage/growth.ts";
import { growthWith } from "../../plan/storage/growth.ts";
import type { Guest, Overlay, VolumeNames } from "../../plan/storage/uses.ts";
import { pathsIn, usesOf, volumesIn } from "../../plan/storage/uses.ts";
import type { Connection } from "../connection/connection.ts";
import { inTurns } from "../process/turns.ts";
import { splitFrames } from "../read/frames.ts";
import type { HostSnapshot } from "../read/read.ts";
import { readHost } from "../read/read.ts";
import { answerError, commandError } from "../virsh/errors.ts";
import { volumeXmls } from "./asking.ts";
import { askSameFile, askUses } from "./usesScript.ts";

/** What a host prints about the uses of volumes, beside the definitions of its domains. */
interface Printed {
  /** UUID of the domain → its definition in the managed save, and its snapshots. */
  readonly kept: ReadonlyMap<string, readonly XmlElement[]>;
  readonly volumes: readonly XmlElement[];
  readonly loops: readonly Overlay[];
  /** Chains of the images, in their order; `null` for an image that can't be read. */
  readonly chains: readonly (readonly string[] | null)[];
}

/** An image of a guest that may be an overlay. */
interface Image {
  readonly domain: DomainFacts;
  readonly format: string;
  readonly path: string;
}

interface Question {
  readonly connection: Connection;
  readonly volume: VolumeFacts;
}

/** Says what uses volumes of one pool, from one look at the host that begins after they were asked about. */
const findTogether = inTurns(async (questions: readonly Question[]) => {
  const [{ connection, volume } = { connection: null }] = questions;
  if (!connection || !volume) return [];
  const volumes = questions.map((each) => each.volume);
  const what = `can't tell what uses the volume ${volumes.map(({ name }) => `"${name}"`).join(", ")}`;
  const { guests, overlays } = await lookForUses(connection, what, volume.pool);
  const trees = guests.flatMap((guest) => guest.trees);
  const paths = [...guests.flatMap((guest) => guest.chains), ...overlays.map(({ backing }) => backing)];
  const names = await namesOf(connection, what, volumes, trees, paths);
  return names.map((each) => (each instanceof HostError ? each : usesOf(each, guests, overlays)));
});

/**
 * Says what uses a volume: guests, also those that are off or saved, through the backing chains of their disks and the
 * images of their snapshots; and volumes that are backed by it.
 * @throws HostError when any of that can't be read
 */
export async function findUses(connection: Connection, volume: VolumeFacts): Promise<readonly string[]> {
  const found = await findTogether(`${connection.host} ${volume.pool}`, { connection, volume });
  if (found instanceof HostError) throw found;
  return found;
}

/** Reads everything that may use a volume of the pool. @throws HostError when any of that can't be read */
async function lookForUses(
  connection: Connection,
  what: string,
  pool: string,
): Promise<{ readonly guests: readonly Guest[]; readonly overlays: readonly Overlay[] }> {
  const unclear = (gap: string) => answerError(what, connection.host, { argv: ["virsh"], stderr: "" }, gap);
  const { domains, busy } = await readGuests(connection);
  const [held] = busy.keys();
  if (held !== undefined) throw unclear(`no XML of the guest "${held}"`);
  const found = [...domains.values()].map((domain) => ({ domain, ...treesOf(domain) }));
  const images = found.flatMap(({ domain, inactive }) =>
    imagesOf(inactive).map((image): Image => ({ ...image, domain })),
  );
  const { kept, volumes, loops, chains } = await ask(connection, what, pool, images);
  const known = new Set(volumes.map((each) => valueAt(each, "target/path")));
  const unread = images.find(({ path }, at) => chains[at] === null && !known.has(path));
  if (unread) throw unclear(`nothing about ${unread.path}, an image of the guest "${unread.domain.name}"`);
  const guests = found.map(
    ({ domain, inactive, live }): Guest => ({
      name: domain.name,
      trees: [inactive, ...(live ? [live] : []), ...(kept.get(domain.uuid) ?? [])],
      chains: images.flatMap((image, at) => (image.domain === domain ? (chains[at] ?? []) : [])),
    }),
  );
  return { guests, overlays: [...volumes.flatMap(overlayIn), ...loops] };
}

/**
 * Reads all domains now. An answer is unusable also when the last guest of a host goes away while it is read, so that
 * counts only twice.
 * @throws HostError
 */
export async function readGuests(connection: Connection): Promise<HostSnapshot> {
  try {
    return await readHost(connection);
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== "answerUnusable") throw error;
    return readHost(connection);
  }
}

/**
 * Finds the disks of running guests through which a volume must grow, or the reason why it can't.
 * @throws HostError when that can't be read
 */
export async function findGrowth(
  connection: Connection,
  volume: VolumeFacts,
  { domains, busy }: Pick<HostSnapshot, "domains" | "busy">,
): Promise<Growth> {
  const [held] = busy.keys();
  if (held !== undefined) return { why: `the guest "${held}" can't be read now, and may run on it` };
  const guests = [...domains.values()].map(
    (domain): Owner => ({
      ...treesOf(domain),
      name: domain.name,
      uuid: domain.uuid,
      isSaved: domain.managedSave,
    }),
  );
  const trees = guests.flatMap(({ inactive, live }) => (live ? [inactive, live] : [inactive]));
  const what = `can't tell which guests have "${volume.name}"`;
  const [names] = await namesOf(connection, what, [volume], trees, []);
  if (names === undefined || names instanceof HostError) throw names;
  return growthWith(names, volume.format, guests);
}

async function ask(
  connection: Connection,
  what: string,
  pool: string,
  images: readonly Image[],
): Promise<Printed> {
  const mark = randomBytes(16).toString("hex");
  const words = images.flatMap(({ format, path }) => [format, path]);
  const argv = ["sh", "-c", askUses, "sh", connection.virshUri, mark, pool, ...words];
  const [result] = await connection.run([{ argv, timeoutSeconds: 120 }], { isRead: true });
  if (result?.exitCode !== 0)
    throw commandError(what, connection.host, result ?? { argv, exitCode: 1, stderr: "" });
  const unusable = (gap: string) => answerError(what, connection.host, result, gap);
  const kept = new Map<string, readonly XmlElement[]>();
  const volumes: XmlElement[] = [];
  const loops: Overlay[] = [];
  const chains: (readonly string[] | null)[] = [];
  const frames = splitFrames(result.stdout, mark);
  if (frames.at(-1)?.[0] !== "done") throw unusable("no end");
  try {
    for (const [head, body] of frames) {
      const [kind, id = ""] = head.split(" ");
      // What went away meanwhile has no XML.
      if ((kind === "saved" || kind === "snapshot") && body.trim() !== "")
        kept.set(id, [...(kept.get(id) ?? []), parseXml(body.trim())]);
      else if (kind === "volumes") volumes.push(...volumeXmls(body).map((xml) => parseXml(xml)));
      else if (kind === "loops") loops.push(...loopsIn(body));
      else if (kind === "chain") chains.push(filesIn(body));
      else if (kind === "unread") chains[chains.length - 1] = null;
    }
  } catch (error) {
    if (error instanceof XmlError || error instanceof SyntaxError) throw unusable("unusable text");
    throw error;
  }
  if (chains.length !== images.length) throw unusable("not all images");
  return { kept, volumes, loops, chains };
}

/** All names under which guests and overlays have each volume's file: paths through links, and other pools. */
async function namesOf(
  connection: Connection,
  what: string,
  volumes: readonly VolumeFacts[],
  trees: readonly XmlElement[],
  more: readonly string[],
): Promise<readonly (VolumeNames | HostError)[]> {
  const paths = [...new Set([...trees.flatMap(pathsIn), ...more])];
  const others = [...new Map(trees.flatMap(volumesIn).map((each) => [JSON.stringify(each), each])).values()];
  const words = [...paths, ...others.flatMap(({ pool, name }) => [pool, name])];
  const commands = volumes.map(({ path }) => ({
    argv: ["sh", "-c", askSameFile, "sh", connection.virshUri, path, String(paths.length), ...words],
    timeoutSeconds: 120,
  }));
  const results = await connection.run(commands, { isRead: true, keepGoing: true });
  return volumes.map(({ pool, name, path }, at) => {
    const result = results[at];
    if (result?.exitCode !== 0)
      return commandError(what, connection.host, result ?? { argv: [], exitCode: 1, stderr: "" });
    const same = new Set((result.stdout.match(/\d+/g) ?? []).map(Number));
    return {
      paths: new Set([path, ...paths.filter((_, number) => same.has(number))]),
      volumes: [{ pool, name }, ...others.filter((_, number) => same.has(paths.length + number))],
    };
  });
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

function overlayIn(volume: XmlElement): Overlay[] {
  const backing = valueAt(volume, "backingStore/path");
  return backing ? [{ kind: "volume", name: valueAt(volume, "name") ?? "", backing }] : [];
}

/** Loop devices, from lines of `loop0 PATH`. */
function loopsIn(lines: string): Overlay[] {
  return [...lines.matchAll(/^(loop\d+) (\/.*)$/gm)].map(([, name = "", backing = ""]) => ({
    kind: "loop device",
    name,
    backing,
  }));
}

/** All files of a chain, from the output of qemu-img; none where it could not read the image. */
function filesIn(json: string): string[] {
  if (json.trim() === "") return [];
  const images = JSON.parse(json) as ImageInfo | readonly ImageInfo[];
  return [images]
    .flat()
    .flatMap((each) =>
      [each.filename, each["full-backing-filename"], each["format-specific"]?.data?.["data-file"]].filter(
        (path) => typeof path === "string",
      ),
    );
}

/** What qemu-img says of one image. */
interface ImageInfo {
  readonly filename?: string;
  readonly "full-backing-filename"?: string;
  readonly "format-specific"?: { readonly data?: { readonly "data-file"?: string } };
}
