import type { Command, Connection } from "./connection.ts";

/** A `virsh` call as an argv array; always with its URI. */
export function virsh(connection: Connection, args: readonly string[], stdin?: string): Command {
  const argv = ["virsh", "-c", connection.virshUri, ...args];
  return stdin === undefined ? { argv } : { argv, stdin };
}
