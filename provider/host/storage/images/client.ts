/** Images on the machine where the program runs: files, and URLs that it fetches into its cache. */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline, Transform } from "node:stream";
import { pipeline as send } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { fileURLToPath } from "node:url";
import type { Image } from "../../../plan/storage/volume.ts";
import { currentSignal } from "../../connection/interruption.ts";
import { forRun } from "../../process/perRun.ts";
import type { Meter } from "./meter.ts";

/** Whether this machine sends the image, instead of the host fetching it. */
export const isSent = ({ file, fetch }: Image) => file !== undefined || fetch === "client";

/** The file of this machine that is the image; `null` when it must be fetched. Relative paths begin at the program's folder. */
export function localFile({ url, file }: Image): string | null {
  if (file !== undefined) return file;
  return url?.startsWith("file:") ? fileURLToPath(url) : null;
}

/** Why a file can't be sent; `null` when it can. */
export async function whyNotReadable(path: string): Promise<string | null> {
  try {
    return (await stat(path)).isFile() ? null : `"${path}" on the machine where the program runs is no file`;
  } catch (error) {
    return `can't read "${path}" on the machine where the program runs: ${(error as Error).message}`;
  }
}

/** Bytes that are read at a time. */
const readBytes = 256 * 1024;

interface LocalImage {
  readonly bytes: number;
  readonly content: Readable;
  /** The SHA-256 digest of what was read, once all is; empty when it is not computed. */
  readonly digest: () => string;
}

/** Opens a file to send it. `isHashed`: compute the digest of what is read, which costs as much as a third of the sending. */
export async function openFile(path: string, isHashed: boolean): Promise<LocalImage> {
  const { size: bytes } = await stat(path);
  const file = createReadStream(path, { highWaterMark: readBytes });
  if (!isHashed) return { bytes, content: file, digest: () => "" };
  const hash = createHash("sha256");
  const hashed = new Transform({
    highWaterMark: readBytes,
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { bytes, content: pipeline(file, hashed, () => {}), digest: () => hash.digest("hex") };
}

const cacheFolder = () =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-virsh", "images");

/** Milliseconds that the cache keeps what no program uses. */
const keptMs = 30 * 24 * 3600 * 1000;

/** Milliseconds that it keeps what a run has left that was killed. */
const partMs = 24 * 3600 * 1000;

/** Milliseconds without a byte after which a server counts as gone. */
const stallMs = 120_000;

/** Fetches of this run, by checksum, so that several hosts share one. */
const fetches = forRun(() => new Map<string, Promise<string>>());

/**
 * Fetches an image that has a checksum, unless the cache has it.
 * @returns its path
 * @throws Error that says why it can't be fetched
 */
export function fetchToCache(url: string, checksum: string, measure: Meter): Promise<string> {
  const ofRun = fetches();
  const found = ofRun.get(checksum);
  if (found !== undefined) return found;
  const path = join(cacheFolder(), checksum.replace(":", "-"));
  const fetching = isCached(path, checksum).then(async (isThere) => {
    if (!isThere) await fetchAside(url, checksum, measure, (part) => rename(part, path));
    return path;
  });
  ofRun.set(checksum, fetching);
  fetching.catch(() => ofRun.delete(checksum));
  return fetching;
}

/**
 * Fetches an image into a file that is removed after `use`.
 * @throws Error that says why it can't be fetched
 */
export async function fetchAside<T>(
  url: string,
  checksum: string | null,
  measure: Meter,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const folder = cacheFolder();
  await mkdir(folder, { recursive: true });
  await sweep(folder);
  const part = join(folder, `${randomBytes(8).toString("hex")}.part`);
  try {
    const found = await download(url, part, algorithmOf(checksum), measure);
    if (checksum !== null && found !== checksum) throw new Error(wrongChecksum(found, checksum));
    return await use(part);
  } finally {
    await rm(part, { force: true });
  }
}

const algorithmOf = (checksum: string | null) => checksum?.split(":")[0] ?? "sha256";

/** Whether the cache has the image as it was fetched. */
async function isCached(path: string, checksum: string): Promise<boolean> {
  const hash = createHash(algorithmOf(checksum));
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: readBytes })) hash.update(chunk);
  } catch {
    return false;
  }
  if (checksum !== `${algorithmOf(checksum)}:${hash.digest("hex")}`) return false;
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
  return true;
}

export const wrongChecksum = (found: string, declared: string) =>
  `the image has ${found}, not the declared ${declared}`;

async function sweep(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const at = join(folder, name);
    const { mtimeMs } = await stat(at).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > (name.endsWith(".part") ? partMs : keptMs))
      await rm(at, { force: true }).catch(() => {});
  }
}

/** Fetches a file to `path`. @returns its checksum @throws Error that says why it can't be fetched */
async function download(url: string, path: string, algorithm: string, measure: Meter): Promise<string> {
  const hash = createHash(algorithm);
  await receive(url, (body, total) => {
    const counted = async function* () {
      let done = 0;
      for await (const chunk of body) {
        hash.update(chunk);
        done += chunk.length;
        measure(done, total);
        yield chunk;
      }
    };
    return send(counted, createWriteStream(path, { mode: 0o600 }));
  });
  return `${algorithm}:${hash.digest("hex")}`;
}

/** Most bytes of a file with checksums. */
const mostText = 16 * 1024 * 1024;

/** @throws Error that says why it can't be fetched */
export async function fetchText(url: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  await receive(url, async (body) => {
    for await (const part of body) {
      size += part.length;
      if (size > mostText) throw new Error("it is longer than 16 MiB");
      parts.push(part);
    }
  });
  return Buffer.concat(parts).toString();
}

type Body = AsyncIterable<Uint8Array>;

/** @param use Reads the file; gets its size in bytes, `null` while that is not known. */
async function receive(url: string, use: (body: Body, total: number | null) => Promise<void>): Promise<void> {
  if (url.startsWith("file:")) return use(createReadStream(fileURLToPath(url)), null);
  const stalled = new AbortController();
  const stall = () => stalled.abort(new Error(`no answer for ${stallMs / 1000} s`));
  let timer = setTimeout(stall, stallMs);
  const watched = async function* (body: Body) {
    for await (const chunk of body) {
      clearTimeout(timer);
      timer = setTimeout(stall, stallMs);
      yield chunk;
    }
  };
  const signals = [stalled.signal, ...[currentSignal() ?? []].flat()];
  try {
    // A server may compress what it sends, and the digest is that of the file.
    const headers = { "accept-encoding": "identity" };
    const response = await fetch(url, { headers, signal: AbortSignal.any(signals) });
    if (!response.ok || response.body === null) throw new Error(`the server answers HTTP ${response.status}`);
    const length = Number(response.headers.get("content-length") ?? Number.NaN);
    await use(watched(response.body as ReadableStream), Number.isFinite(length) ? length : null);
  } catch (error) {
    // What fetch itself throws says only "fetch failed"; its cause says why.
    const { message, cause } = error as Error;
    throw new Error(cause instanceof Error ? cause.message || message : message);
  } finally {
    clearTimeout(timer);
  }
}
