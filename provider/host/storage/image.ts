/** Looks at image files themselves: those that no active pool lists, and those that have several paths. */
import type { Backing } from "../../plan/storage/facts.ts";
import type { ImageFacts } from "../../plan/storage/imageFacts.ts";
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
  return result?.exitCode === 0 ? capacityIn(result.stdout) : null;
}

/** The size of the image, not that of the file that holds it, which QEMU 10.0 prints too. */
function capacityIn(json: string): number | null {
  try {
    const size = Number((JSON.parse(json) as ImageFacts)["virtual-size"]);
    return Number.isFinite(size) ? size : null;
  } catch {
    return null;
  }
}

/** Whether there is a file that the login may see. @throws HostError when the host can't be reached */
export async function isFileThere(connection: Connection, path: string): Promise<boolean> {
  const [result] = await askTogether(connection, [
    { argv: ["sh", "-c", '[ -e "$1" ] || [ -L "$1" ]', "sh", path] },
  ]);
  return result?.exitCode === 0;
}
