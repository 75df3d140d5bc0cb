/**
 * Brings an image into the folder of a pool: the host fetches it, or this machine sends it. It has a name of its own until it
 * is whole and checked, so that nothing half-brought ever has a volume's name: the exit code of a transfer proves nothing
 * about the file.
 */
import { randomBytes } from "node:crypto";
import type { Show } from "../../../plan/storage/progress.ts";
import type { Image } from "../../../plan/storage/volume.ts";
import type { Connection } from "../../connection/connection.ts";
import { askTogether } from "../../read/together.ts";
import { checksumOf } from "./checksum.ts";
import { isSent } from "./client.ts";
import type { NewImage, Task } from "./task.ts";
import { fetchOnHost, send } from "./transfer.ts";

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
  return isSent(image) ? send(task, checksum) : fetchOnHost(task, checksum);
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
