/** Runs the scripts that make an image. */
import { HostError } from "../../../errors.ts";
import type { Command, CommandResult } from "../../connection/connection.ts";
import { commandError } from "../../virsh/errors.ts";
import { nameTaken, notPlaced, wronglyStored } from "./scripts.ts";
import type { PartOfImage } from "./task.ts";
import { nothingIsLeft } from "./task.ts";

/** Most seconds that an image may take. */
const mostSeconds = 6 * 3600;

export async function runScript(
  { connection, folder, name, id, format, pool }: PartOfImage,
  script: string,
  words: readonly string[],
  given: Pick<Command, "stdin" | "input">,
  onOutput?: (data: Buffer) => void,
): Promise<CommandResult> {
  const argv = ["sh", "-c", script, "sh", folder, name, id, format, connection.virshUri, pool, ...words];
  const command = { argv, ...given, timeoutSeconds: mostSeconds };
  const [result] = await connection.run([command], onOutput ? { onOutput } : {});
  return result ?? { argv, exitCode: 1, stdout: "", stderr: "" };
}

/**
 * @param what What failed, for the error
 * @param why Why the script ended so, if that is known; else the error shows what it printed, as that of `argv`
 * @returns whether the image was made; not when something has the name already
 * @throws HostError; then nothing of it is left on the host
 */
export function isMade(
  { connection: { host }, name }: PartOfImage,
  what: string,
  { exitCode, stderr }: CommandResult,
  why: string | null,
  argv: readonly string[],
): boolean {
  if (exitCode === 0) return true;
  if (exitCode === nameTaken) return false;
  const said = exitCode === wronglyStored ? "libvirt has stored other bytes than it was sent" : why;
  if (said !== null) throw new HostError(what, host, { stderr: said, remedy: nothingIsLeft });
  throw commandError(what, host, {
    argv: exitCode === notPlaced ? ["qemu-img", "check", name] : argv,
    exitCode,
    stderr,
  });
}
