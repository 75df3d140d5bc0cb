/** Looks at image files themselves: those that no active pool lists, and those that have several paths. */
import type { Backing } from "../../plan/storage/facts.ts";
import type { Connection } from "../connection/connection.ts";
import { askTogether } from "../read/together.ts";

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
  const [result] = await askTogether(connection, [
    { argv: ["sh", "-c", '[ -e "$1" ] || [ -L "$1" ]', "sh", path] },
  ]);
  return result?.exitCode === 0;
}
