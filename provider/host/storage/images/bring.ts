/**
 * Brings an image into the folder of a pool: the host fetches it, or this machine sends it. It has a name of its own until it
 * is whole and checked, so that nothing half-brought ever has a volume's name: the exit code of a transfer proves nothing
 * about the file.
 */
import { randomBytes } from "node:crypto";
import { HostError } from "../../../errors.ts";
import { printBytes } from "../../../model/values/units.ts";
import { findChecksum } from "../../../plan/storage/checksums.ts";
import type { Show } from "../../../plan/storage/progress.ts";
import type { Image } from "../../../plan/storage/volume.ts";
import type { CommandResult, Connection } from "../../connection/connection.ts";
import { askTogether } from "../../read/together.ts";
import { commandError, whyNotFetched } from "../../virsh/errors.ts";
import type { Sending } from "./client.ts";
import {
  fetchText,
  fetchToCache,
  isSent,
  localFile,
  openFile,
  whyNotReadable,
  wrongChecksum,
} from "./client.ts";
import type { Meter } from "./meter.ts";
import { meter } from "./meter.ts";
import {
  curlOptions,
  cutOff,
  discardScript,
  nameTaken,
  notDecompressed,
  notWritten,
  placeScript,
  transferScript,
  wrongDigest,
  wronglyStored,
} from "./scripts.ts";

/** Most seconds that a transfer may take. */
const transferSeconds = 6 * 3600;

export interface NewImage {
  readonly pool: string;
  readonly folder: string;
  readonly name: string;
  readonly format: string;
  /** The declared capacity in bytes; `null` when it is that of the image. */
  readonly capacity: number | null;
}

/** One image on its way. */
interface Task extends NewImage {
  readonly connection: Connection;
  readonly image: Image;
  readonly show: Show;
  /** Marks what is this image's while it has no name. */
  readonly id: string;
}

/**
 * Brings an image to `folder/name`.
 * @returns false when something has the name already; then nothing has changed
 * @throws HostError when it can't be brought, or is not what is declared; then nothing of it is left on the host
 */
export async function bringImage(
  connection: Connection,
  wanted: NewImage,
  image: Image,
  show: Show,
): Promise<boolean> {
  const task: Task = { ...wanted, connection, image, show, id: randomBytes(8).toString("hex") };
  const checksum = await checksumOf(task);
  const facts = isSent(image) ? await send(task, checksum) : await fetchOnHost(task, checksum);
  if (facts === null) return false;
  const wrong = whyNotUsable(facts, wanted);
  if (wrong !== null) return discard(task, wrong);
  return place(task);
}

function failure({ connection, name }: Task, stderr: string): HostError {
  return new HostError(`can't bring the image of the volume "${name}"`, connection.host, {
    stderr,
    remedy: "nothing of it is left on the host",
  });
}

/** @throws HostError, with the reason that an error of this machine gives */
async function here<T>(task: Task, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw failure(task, (error as Error).message);
  }
}

/** The declared checksum, or that of a published file; `null` when none is declared. */
async function checksumOf(task: Task): Promise<string | null> {
  const { checksum, url, file = "" } = task.image;
  if (checksum === undefined || typeof checksum === "string") return checksum ?? null;
  const text = isSent(task.image)
    ? await here(task, () => fetchText(checksum.url))
    : await textOnHost(task, checksum.url);
  const name = url === undefined ? file : decodeURIComponent(new URL(url).pathname);
  const found = findChecksum(text, name.slice(name.lastIndexOf("/") + 1));
  if ("checksum" in found) return found.checksum;
  throw failure(task, `can't use the checksums of ${checksum.url}: ${found.why}`);
}

/** Options of curl that give its settings, on standard input, nothing but the URL. */
const settingsFor = (url: string) => `url = "${url.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

async function textOnHost(task: Task, url: string): Promise<string> {
  const argv = ["curl", ...curlOptions, "--max-time", "120", "--max-filesize", "16777216", "-K", "-"];
  const [result] = await task.connection.run([{ argv, stdin: settingsFor(url), timeoutSeconds: 150 }]);
  if (result?.exitCode === 0) return result.stdout;
  const why = whyNotFetched(result?.exitCode ?? 1, result?.stderr ?? "");
  throw failure(task, `can't fetch the checksums of ${url}: ${why}`);
}

type Facts = Readonly<Record<string, unknown>>;

async function fetchOnHost(task: Task, checksum: string | null): Promise<Facts | null> {
  const stdin = settingsFor(task.image.url ?? "");
  const result = await transfer(task, checksum ?? "", { stdin }, meter("fetching the image", task.show));
  return result.exitCode === 0 ? factsIn(result.stdout) : refused(task, result, checksum ?? "");
}

/** Sends a file of this machine, or what this machine fetches. */
async function send(task: Task, checksum: string | null): Promise<Facts | null> {
  const { url = "" } = task.image;
  const path =
    localFile(task.image) ??
    (await here(task, () => fetchToCache(url, checksum, meter("fetching the image", task.show))));
  const unreadable = await whyNotReadable(path);
  if (unreadable !== null) throw failure(task, unreadable);
  const sending = await here(task, () => openFile(path, checksum === null));
  const expected = checksum ?? "sha256:";
  const result = await transfer(task, expected, sending, meter("sending the image", task.show));
  if (sending.failure() !== null) await discard(task, `can't read "${path}": ${sending.failure()}`);
  if (result.exitCode !== 0) return refused(task, result, expected);
  const stored = /^digest (.*)$/m.exec(result.stdout)?.[1] ?? "";
  if (checksum === null && stored !== sending.digest())
    await discard(task, `the host has other bytes than were sent: sha256:${stored}`);
  return factsIn(result.stdout);
}

/** @param checksum `ALGORITHM:DIGEST`; without a digest it is only computed, without both it is not */
async function transfer(
  { connection, image, folder, name, id }: Task,
  checksum: string,
  source: { readonly stdin: string } | Sending,
  measure: Meter,
): Promise<CommandResult> {
  const [algorithm = "", digest = ""] = checksum.split(":");
  const bytes = "bytes" in source ? String(source.bytes) : "";
  const content = "input" in source ? { input: source.input } : source;
  const words = [folder, name, id, algorithm, digest, image.decompress ?? "", bytes];
  const argv = ["sh", "-c", transferScript, "sh", ...words];
  const onOutput = (data: Buffer) => {
    const [, done, total] = /\n(\d+)\/(\d*)\n/.exec(data.toString("latin1")) ?? [];
    if (done !== undefined) measure(Number(done), Number(total) || null);
  };
  const command = { argv, ...content, timeoutSeconds: transferSeconds };
  const [result] = await connection.run([command], { onOutput });
  return result ?? { argv, exitCode: 1, stdout: "", stderr: "" };
}

function factsIn(stdout: string): Facts {
  return JSON.parse(stdout.slice(stdout.indexOf("{"))) as Facts;
}

/** @returns `null` when something has the name already @throws HostError */
function refused(task: Task, { exitCode, stderr }: CommandResult, checksum: string): null {
  const { decompress } = task.image;
  const [algorithm] = checksum.split(":");
  const last = stderr.trim();
  switch (exitCode) {
    case nameTaken:
      return null;
    case wrongDigest:
      throw failure(task, wrongChecksum(`${algorithm}:${last}`, checksum));
    case notDecompressed:
      throw failure(task, `the image is not what ${decompress} compresses, or it is cut off: ${last}`);
    case notWritten:
      throw failure(task, `the host can't write it: ${last}`);
    case cutOff:
      throw failure(task, "not all of it arrived");
    default:
      throw failure(task, whyNotFetched(exitCode, stderr));
  }
}

async function discard(task: Task, why: string): Promise<never> {
  const { connection, folder, id } = task;
  await connection.run([{ argv: ["sh", "-c", discardScript, "sh", folder, id] }]);
  throw failure(task, why);
}

/** Gives a checked image its name. @returns false when something has it by now */
async function place(task: Task): Promise<boolean> {
  const { connection, pool, folder, name, id, format } = task;
  const words = [folder, name, id, format, connection.virshUri, pool];
  const argv = ["sh", "-c", placeScript, "sh", ...words];
  const [result] = await connection.run([{ argv, timeoutSeconds: 3600 }]);
  if (result?.exitCode === 0) return true;
  if (result?.exitCode === nameTaken) return false;
  if (result?.exitCode === wronglyStored)
    throw failure(task, "libvirt has stored other bytes than it was sent");
  throw commandError(`can't bring the image of the volume "${name}"`, connection.host, {
    argv: ["qemu-img", "check", name],
    exitCode: result?.exitCode ?? 1,
    stderr: result?.stderr ?? "",
  });
}

/** Why a fetched image must not be used; `null` when it may be. A backing or data file would let it read any other. */
function whyNotUsable(facts: Facts, { format, capacity }: NewImage): string | null {
  const size = Number(facts["virtual-size"]);
  if (capacity !== null && capacity < size)
    return `the declared capacity of ${printBytes(capacity)} is less than its ${printBytes(size)}: the guest would see a disk that is cut off`;
  // Anything that is no other format is raw.
  if (facts.format !== format) return `it is ${String(facts.format)}, not the declared format ${format}`;
  if (facts["backing-filename"] !== undefined)
    return "it has another image below it, which an image from outside must not name";
  const specific = facts["format-specific"] as { readonly data?: Facts } | undefined;
  return specific?.data?.["data-file"] === undefined
    ? null
    : "its data are in another file, which an image from outside must not name";
}

/** Names the programs that the host lacks for bringing an image. @throws HostError when the host can't be asked */
export async function findLackingPrograms(connection: Connection, image: Image): Promise<readonly string[]> {
  const { decompress } = image;
  const programs = [
    ...(isSent(image) ? [] : ["curl"]),
    "qemu-img",
    ...(decompress === undefined ? [] : [decompress]),
  ];
  const look = 'for each; do command -v "$each" >/dev/null || echo "$each"; done';
  const [result] = await askTogether(connection, [{ argv: ["sh", "-c", look, "sh", ...programs] }]);
  return (result?.stdout ?? "").split("\n").filter((each) => programs.includes(each));
}
