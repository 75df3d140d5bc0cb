import type { Command, CommandResult, Connection } from "../connection/connection.ts";
import { commandError } from "./errors.ts";

/** A `virsh` command as an argv array, always with its URI. */
export function virsh(connection: Connection, args: readonly string[], stdin?: string): Command {
  const argv = ["virsh", "-c", connection.virshUri, ...args];
  return stdin === undefined ? { argv } : { argv, stdin };
}

/** Runs one command. @throws HostError with libvirt's own words when it fails. */
export async function runOne(connection: Connection, what: string, command: Command): Promise<CommandResult> {
  const [result] = await connection.run([command]);
  if (result?.exitCode === 0) return result;
  throw commandError(what, connection.host, result ?? { argv: command.argv, exitCode: 1, stderr: "" });
}

/** Prints a command for a batch: `virsh "a; b"`. virsh reads quotes as a shell does (vsh.c, 9.0.0). */
export function inBatch(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}
