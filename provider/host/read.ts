import { randomBytes } from "node:crypto";
import type { Connection } from "./connection.ts";
import type { DomainFacts, HostFacts } from "./facts.ts";
import { commandError } from "./libvirtErrors.ts";
import { answerSeconds } from "./limits.ts";
import { parseAnswer } from "./readAnswer.ts";
import { readScript } from "./readScript.ts";

export interface HostSnapshot {
  readonly host: HostFacts;
  /** By name. */
  readonly domains: ReadonlyMap<string, DomainFacts>;
}

/** All domains of a host, in one round trip. @throws HostError: a host that can't be read is never an empty one. */
export function readHost(connection: Connection): Promise<HostSnapshot> {
  return read(connection, "");
}

/** One domain by its exact name, fresh; null when the host has none of that name. */
export async function readDomain(
  connection: Connection,
  name: string,
): Promise<{ readonly host: HostFacts; readonly domain: DomainFacts | null }> {
  const { host, domains } = await read(connection, name);
  return { host, domain: domains.get(name) ?? null };
}

async function read(connection: Connection, only: string): Promise<HostSnapshot> {
  const mark = `@@${randomBytes(8).toString("hex")}`;
  const limit = String(answerSeconds(connection.host));
  const words = [connection.virshUri, mark, only, limit, isPlainName(only) ? only : ""];
  const argv = ["sh", "-c", readScript, "sh", ...words];
  const command = { argv, timeoutSeconds: 120 + Number(limit) };
  const [result] = await connection.run([command], { isRead: true });
  const fail = (what: string, args: readonly string[], exitCode: number) =>
    commandError(what, connection.host, {
      argv: ["virsh", "-c", connection.virshUri, ...args],
      exitCode,
      stderr: result?.stderr ?? "",
    });
  if (result?.exitCode !== 0) throw fail("can't read the domains", ["list"], result?.exitCode ?? 1);
  const { host, domains, unread } = parseAnswer(result.stdout, mark);
  if (unread[0] !== undefined) throw fail(`can't read the domain "${unread[0]}"`, ["dumpxml", unread[0]], 1);
  return { host, domains };
}

/** Whether virsh can take it for nothing but a name: not for an id, a UUID, an option or its own punctuation. */
function isPlainName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text) && /[^0-9]/.test(text) && text.length !== 36;
}
