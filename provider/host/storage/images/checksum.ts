import { findChecksum } from "../../../plan/storage/checksums.ts";
import { whyNotFetched } from "../../virsh/errors.ts";
import { fetchText, isSent } from "./client.ts";
import { curlOptions } from "./scripts.ts";
import type { Task } from "./task.ts";
import { failure, here } from "./task.ts";

/** The declared checksum, or that of a published file; `null` when none is declared. */
export async function checksumOf(task: Task): Promise<string | null> {
  const { checksum, url, file = "" } = task.image;
  if (checksum === undefined || typeof checksum === "string") return checksum ?? null;
  const text = isSent(task.image)
    ? await here(task, () => fetchText(checksum.url))
    : await textOnHost(task, checksum.url);
  const name = url === undefined ? file : unescaped(new URL(url).pathname);
  const found = findChecksum(text, name.slice(name.lastIndexOf("/") + 1));
  if ("checksum" in found) return found.checksum;
  throw failure(task, `can't use the file with checksums: ${found.why}`);
}

/** A path of a URL as its file is called; as it is where its escapes are none. */
function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The URL as curl's settings, for standard input: there it is in no list of processes. */
export const settingsFor = (url: string) => `url = "${url.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

async function textOnHost(task: Task, url: string): Promise<string> {
  const argv = ["curl", ...curlOptions, "--max-time", "120", "--max-filesize", "16777216", "-K", "-"];
  const [result] = await task.connection.run([{ argv, stdin: settingsFor(url), timeoutSeconds: 150 }]);
  if (result?.exitCode === 0) return result.stdout;
  const why = whyNotFetched(result?.exitCode ?? 1, result?.stderr ?? "");
  throw failure(task, `can't fetch the file with checksums: ${why}`);
}
