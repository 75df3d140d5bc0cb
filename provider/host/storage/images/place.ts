/** Gives a new image its name, once it is whole. */
import { HostError } from "../../../errors.ts";
import type { Connection } from "../../connection/connection.ts";
import { commandError } from "../../virsh/errors.ts";
import { nameTaken, placeScript, wronglyStored } from "./scripts.ts";
import type { PartOfImage } from "./task.ts";

/**
 * Checks an image and gives it its name.
 * @param what What fails, for the error
 * @returns false when something has the name by now
 * @throws HostError; then nothing of it is left on the host
 */
export async function placeImage(
  { host, virshUri, run }: Connection,
  { pool, folder, name, id, format }: PartOfImage,
  what: string,
): Promise<boolean> {
  const argv = ["sh", "-c", placeScript, "sh", folder, name, id, format, virshUri, pool];
  const [result] = await run([{ argv, timeoutSeconds: 3600 }]);
  if (result?.exitCode === 0) return true;
  if (result?.exitCode === nameTaken) return false;
  if (result?.exitCode === wronglyStored)
    throw new HostError(what, host, {
      stderr: "libvirt has stored other bytes than it was sent",
      remedy: "nothing of it is left on the host",
    });
  throw commandError(what, host, {
    argv: ["qemu-img", "check", name],
    exitCode: result?.exitCode ?? 1,
    stderr: result?.stderr ?? "",
  });
}
