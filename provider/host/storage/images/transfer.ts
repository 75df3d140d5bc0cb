/** Brings an image to its host: the host fetches it, or this machine sends it. */
import { PassThrough } from "node:stream";
import type { ImageFacts } from "../../../plan/storage/imageFacts.ts";
import { whyNotUsable } from "../../../plan/storage/imageFacts.ts";
import type { CommandResult } from "../../connection/connection.ts";
import { whyNotFetched, whyNotWritten } from "../../virsh/errors.ts";
import { settingsFor } from "./checksum.ts";
import { fetchAside, fetchToCache, localFile, openFile, whyNotReadable, wrongChecksum } from "./client.ts";
import type { Meter } from "./meter.ts";
import { meter } from "./meter.ts";
import { isMade, runScript } from "./run.ts";
import {
  cutOff,
  endOfFacts,
  notDecompressed,
  notPlaced,
  notWanted,
  notWritten,
  takeIt,
  transferScript,
  wrongDigest,
} from "./scripts.ts";
import type { Task } from "./task.ts";
import { failure, here, whatOf } from "./task.ts";

/** @returns false when something has the name already @throws HostError */
export function fetchOnHost(task: Task, checksum: string | null): Promise<boolean> {
  const input = new PassThrough();
  input.write(`${settingsFor(task.image.url ?? "")}\n`);
  return transfer(task, checksum ?? "", { bytes: "", input }, meter("fetching the image", task.show));
}

/** Sends a file of this machine, or what this machine fetches. @returns false when something has the name already */
export async function send(task: Task, checksum: string | null): Promise<boolean> {
  const { url = "" } = task.image;
  const local = localFile(task.image);
  if (local !== null) return sendFile(task, checksum, local);
  const measure = meter("fetching the image", task.show);
  if (checksum === null)
    return here(task, () => fetchAside(url, null, measure, (path) => sendFile(task, null, path)));
  return sendFile(task, checksum, await here(task, () => fetchToCache(url, checksum, measure)));
}

async function sendFile(task: Task, checksum: string | null, path: string): Promise<boolean> {
  const unreadable = await whyNotReadable(path);
  if (unreadable !== null) throw failure(task, unreadable);
  const { bytes, content, digest } = await here(task, () => openFile(path, checksum === null));
  const input = new PassThrough();
  let broken: string | null = null;
  content.on("error", ({ message }) => {
    broken ??= `can't read "${path}": ${message}`;
    // The host then gets less than it expects, and removes it.
    input.end();
  });
  input.on("close", () => content.destroy());
  content.pipe(input, { end: false });
  const source = { bytes: String(bytes), input, sent: checksum === null ? digest : null };
  try {
    return await transfer(task, checksum ?? "sha256:", source, meter("sending the image", task.show));
  } catch (error) {
    throw broken === null ? error : failure(task, broken);
  }
}

interface Source {
  /** Size of the image in bytes; empty when the host fetches it. */
  readonly bytes: string;
  /** What the host reads: the image or curl's settings, and then the answer to what it says of the image. */
  readonly input: PassThrough;
  /** The SHA-256 digest of what was sent; omitted when the host compares digests. */
  readonly sent?: (() => string) | null;
}

/** @param checksum `ALGORITHM:DIGEST`; without a digest it is only computed, without both it is not */
async function transfer(
  task: Task,
  checksum: string,
  { bytes, input, sent = null }: Source,
  measure: Meter,
): Promise<boolean> {
  const [algorithm = "", digest = ""] = checksum.split(":");
  const words = [algorithm, digest, task.image.decompress ?? "", bytes];
  let said = "";
  let unwanted: string | null = null;
  const onOutput = (data: Buffer) => {
    const text = data.toString("latin1");
    const [, done, total] = /\n(\d+)\/(\d*)\n/.exec(text) ?? [];
    if (done !== undefined) measure(Number(done), Number(total) || null);
    said = `${said}${text}`.slice(-mostFacts);
    if (input.writableEnded || !said.includes(`\n${endOfFacts}\n`)) return;
    unwanted = whyUnwanted(task, said, sent);
    input.end(`${unwanted === null ? takeIt : ""}\n`);
  };
  const made = await runScript(task, transferScript, words, { input }, onOutput);
  return isMade(task, whatOf(task), made, unwanted ?? whyNotBrought(task, made, checksum), []);
}

/** Characters that qemu-img's facts may have. */
const mostFacts = 100_000;

/** Why an image that is on the host must not get its name; `null` when it may. */
function whyUnwanted(task: Task, said: string, sent: (() => string) | null): string | null {
  const facts = said.slice(said.lastIndexOf("\ndigest "), said.lastIndexOf(`\n${endOfFacts}\n`));
  const [, stored = "", json = ""] = /^\ndigest (.*)\n([\s\S]*)$/.exec(facts) ?? [];
  if (sent !== null && stored !== sent()) return `the host has other bytes than were sent: sha256:${stored}`;
  try {
    return whyNotUsable(JSON.parse(json) as ImageFacts, task);
  } catch {
    return "qemu-img says nothing about it that can be read";
  }
}

/** Why a transfer ended with this status; `null` where what it printed says it. */
function whyNotBrought(
  { image: { decompress } }: Task,
  { exitCode, stderr }: CommandResult,
  checksum: string,
): string | null {
  const [algorithm] = checksum.split(":");
  const last = stderr.trim();
  switch (exitCode) {
    case notPlaced:
      return null;
    case wrongDigest:
      return wrongChecksum(`${algorithm}:${last}`, checksum);
    case notDecompressed:
      return `the image is not what ${decompress} compresses, or it is cut off: ${last}`;
    case notWritten:
      return `the host can't write it: ${whyNotWritten(stderr)}`;
    case cutOff:
    case notWanted:
      return "not all of it arrived";
    default:
      return whyNotFetched(exitCode, stderr);
  }
}
