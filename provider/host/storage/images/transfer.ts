/** Brings an image to its host, where it has no name yet: the host fetches it, or this machine sends it. */
import type { ImageFacts } from "../../../plan/storage/imageFacts.ts";
import type { CommandResult } from "../../connection/connection.ts";
import { whyNotFetched, whyNotWritten } from "../../virsh/errors.ts";
import { settingsFor } from "./checksum.ts";
import type { Sending } from "./client.ts";
import { fetchAside, fetchToCache, localFile, openFile, whyNotReadable, wrongChecksum } from "./client.ts";
import type { Meter } from "./meter.ts";
import { meter } from "./meter.ts";
import {
  cutOff,
  discardScript,
  nameTaken,
  notDecompressed,
  notWritten,
  transferScript,
  wrongDigest,
} from "./scripts.ts";
import type { Task } from "./task.ts";
import { failure, here } from "./task.ts";

/** Most seconds that a transfer may take. */
const transferSeconds = 6 * 3600;

export async function fetchOnHost(task: Task, checksum: string | null): Promise<ImageFacts | null> {
  const stdin = settingsFor(task.image.url ?? "");
  const result = await transfer(task, checksum ?? "", { stdin }, meter("fetching the image", task.show));
  return result.exitCode === 0 ? factsIn(result.stdout) : refused(task, result, checksum ?? "");
}

/** Sends a file of this machine, or what this machine fetches. */
export async function send(task: Task, checksum: string | null): Promise<ImageFacts | null> {
  const { url = "" } = task.image;
  const local = localFile(task.image);
  if (local !== null) return sendFile(task, checksum, local);
  const measure = meter("fetching the image", task.show);
  if (checksum === null)
    return here(task, () => fetchAside(url, null, measure, (path) => sendFile(task, null, path)));
  return sendFile(task, checksum, await here(task, () => fetchToCache(url, checksum, measure)));
}

async function sendFile(task: Task, checksum: string | null, path: string): Promise<ImageFacts | null> {
  const unreadable = await whyNotReadable(path);
  if (unreadable !== null) throw failure(task, unreadable);
  const sending = await openFile(path, checksum === null);
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

function factsIn(stdout: string): ImageFacts {
  return JSON.parse(stdout.slice(stdout.indexOf("{"))) as ImageFacts;
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
      throw failure(task, `the host can't write it: ${whyNotWritten(stderr)}`);
    case cutOff:
      throw failure(task, "not all of it arrived");
    default:
      throw failure(task, whyNotFetched(exitCode, stderr));
  }
}

export async function discard(task: Task, why: string): Promise<never> {
  const { connection, folder, id } = task;
  await connection.run([{ argv: ["sh", "-c", discardScript, "sh", folder, id] }]);
  throw failure(task, why);
}
