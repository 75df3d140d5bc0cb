/** Looks at image files themselves: those that no active pool lists, and those that have several paths. */
import type { Backing } from "../../plan/storage/facts.ts";
import type { Connection } from "../connection/connection.ts";
import { askTogether } from "../read/together.ts";
import { commandError } from "../virsh/errors.ts";

/**
 * The size that a guest would see of an image, in bytes; `null` where qemu-img can't read it.
 * @throws HostError when the host can't be reached
 */
export async function capacityOfImage(
  connection: Connection,
  { path, format }: Backing,
): Promise<number | null> {
  const argv = ["qemu-img", "info", "-U", "-f", format, "--output=json", path];
  const [result] = await askTogether(connection, [{ argv }]);
  const size = /"virtual-size": *(\d+)/.exec(result?.exitCode === 0 ? result.stdout : "")?.[1];
  return size === undefined ? null : Number(size);
}

/** Whether there is a file that the login may see. @throws HostError when the host can't be reached */
export async function isFileThere(connection: Connection, path: string): Promise<boolean> {
  const [result] = await askTogether(connection, [{ argv: ["test", "-e", path] }]);
  return result?.exitCode === 0;
}

const printSame = `while IFS= read -r other; do [ "$other" -ef "$1" ] && printf '%s\\n' "$other"; done; exit 0`;

/**
 * Those of the paths that lead to the same file as `path`, such as a link to its folder.
 * @throws HostError when that can't be told
 */
export async function pathsTo(
  connection: Connection,
  path: string,
  others: readonly string[],
): Promise<readonly string[]> {
  const argv = ["sh", "-c", printSame, "sh", path];
  const stdin = others.map((other) => `${other}\n`).join("");
  const [result] = await connection.run([{ argv, stdin, timeoutSeconds: 60 }], { isRead: true });
  if (result?.exitCode === 0) return result.stdout.split("\n").filter((line) => line !== "");
  throw commandError(
    `can't tell which files are ${path}`,
    connection.host,
    result ?? { argv, exitCode: 1, stderr: "" },
  );
}
