import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { PartialFailure } from "../../errors.ts";
import type { DomainFacts, HostFacts } from "../../plan/situation/facts.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import type { Command, CommandResult, Connection } from "../connection/connection.ts";
import { answerSeconds } from "../process/limits.ts";
import { answerError, commandError, saysConnectionLost } from "../virsh/errors.ts";
import { type Answer, type HostIdentity, parseAnswer, type Unread } from "./answer.ts";
import { busyError, completeAnswer } from "./busy.ts";
import { tellingStates } from "./domstats.ts";
import { domainSeconds, readScript } from "./script.ts";

export interface HostSnapshot {
  /** `null` when libvirt does not report it. */
  readonly identity: HostIdentity | null;
  readonly host: HostFacts;
  /** By name. */
  readonly domains: ReadonlyMap<string, DomainFacts>;
  /** By name: domains that exist and could not be read, because a job holds them or their QEMU hangs. */
  readonly busy: ReadonlyMap<string, Unread>;
}

/** A domain as it has just been read. */
export interface DomainRead {
  readonly host: HostFacts;
  /** `null` when the host has no domain of that name. */
  readonly domain: DomainFacts | null;
  /** UUIDs of all domains of the host, read only when it has no domain of that name; empty otherwise. */
  readonly uuids: ReadonlySet<string>;
  /** Whether its QEMU did not say what polling is in force, so that asking again is in vain. */
  readonly isStalled: boolean;
}

/** All domains of a host, in one round trip. @throws HostError: a host that can't be read is never an empty one. */
export async function readHost(connection: Connection): Promise<HostSnapshot> {
  const { command, mark, parse } = questionOf(connection, "");
  const [result] = await connection.run([command], { isRead: true });
  const { identity, host, domains, unread } = await completeAnswer(connection, {
    mark,
    stdout: result?.stdout ?? "",
    parse: (stdout) => parse(result && { ...result, stdout }),
  });
  return { identity, host, domains, busy: new Map(unread.map((each) => [each.name, each])) };
}

/**
 * The command that reads one domain by its exact name, and the parser of its answer. `isNew`: the domain is expected
 * not to exist yet.
 */
export function readingOf(
  connection: Connection,
  name: string,
  { isNew = false }: { readonly isNew?: boolean } = {},
): Reading {
  const { command, parse } = questionOf(connection, name, isNew);
  return {
    command,
    parse: (result) => {
      const { host, domains, uuids, isStalled } = parse(result);
      const domain = domains.get(name) ?? null;
      // Parse the XML now, so that an error in it is found before anything is changed.
      if (domain) treesOf(domain);
      return { host, domain, uuids, isStalled };
    },
  };
}

export interface Reading {
  readonly command: Command;
  /** @throws HostError when the domain was not read. */
  parse(result: CommandResult | undefined): DomainRead;
}

/** Attempts to read the polling of IO threads, which libvirt omits while another client's job holds the guest. */
const attempts = 5;

/** Reads one domain, in a round trip of its own. */
export async function readDomain(
  connection: Connection,
  name: string,
  expected: { readonly isNew?: boolean } = {},
): Promise<DomainRead> {
  const { command, parse } = readingOf(connection, name, expected);
  for (let attempt = 1; ; attempt++) {
    const [result] = await connection.run([command], { isRead: true });
    const read = parse(result);
    if (attempt === attempts || !isPollingUntold(read)) return read;
    await pause(100);
  }
}

function isPollingUntold({ domain, isStalled }: DomainRead): boolean {
  if (!domain || isStalled || !tellingStates.has(domain.state)) return false;
  if (!/<iothreads>[1-9]/.test(domain.liveXml ?? "")) return false;
  return domain.ioThreads.every(({ pollMaxNs }) => pollMaxNs === null);
}

/**
 * Runs commands that change a domain, and then reads it, in one round trip. `read` is null when a command failed; that
 * command is the last of `results`.
 * @throws PartialFailure when all commands succeeded and the domain can't be read afterwards.
 */
export async function runAndRead(
  connection: Connection,
  commands: readonly Command[],
  name: string,
): Promise<{ readonly results: readonly CommandResult[]; readonly read: DomainRead | null }> {
  const { command, parse } = readingOf(connection, name);
  const all = await connection.run([...commands, command]);
  const results = all.slice(0, commands.length);
  if (all.length <= commands.length) return { results, read: null };
  try {
    const read = parse(all.at(-1));
    return { results, read: isPollingUntold(read) ? await readDomain(connection, name) : read };
  } catch {
    // The commands are done, so try once more to read the domain.
    const read = await readDomain(connection, name).catch((error: Error) => {
      throw new PartialFailure(null, error);
    });
    return { results, read };
  }
}

interface Question {
  readonly command: Command;
  /** Begins each frame of the answer. */
  readonly mark: string;
  parse(result: CommandResult | undefined): Answer;
}

function questionOf(connection: Connection, only: string, isNew = false): Question {
  const mark = `@@${randomBytes(8).toString("hex")}`;
  const limit = answerSeconds(connection.host);
  const direct = isPlainName(only) ? only : "";
  const patience = Math.min(limit, domainSeconds);
  const words = [
    connection.virshUri,
    mark,
    only,
    String(limit),
    direct,
    isNew ? "new" : "",
    String(patience),
  ];
  const argv = ["sh", "-c", readScript, "sh", ...words];
  const parse = (result: CommandResult | undefined): Answer => {
    const stderr = result?.stderr ?? "";
    const asked = (...args: readonly string[]) => ["virsh", "-c", connection.virshUri, ...args];
    const fail = (what: string, args: readonly string[], exitCode: number) =>
      commandError(what, connection.host, { argv: asked(...args), exitCode, stderr });
    const what = "can't read the domains";
    if (result?.exitCode !== 0) throw fail(what, ["list"], result?.exitCode ?? 1);
    if (saysConnectionLost(stderr)) throw fail(what, ["list"], 1);
    const answer = parseAnswer(result.stdout, mark, connection.host, only);
    if ("gap" in answer)
      throw answerError(what, connection.host, { argv: asked("list"), stderr: "" }, answer.gap);
    const [unread] = answer.unread;
    if (unread && answer.isStalled && only !== "")
      throw busyError(connection.host, only, connection.virshUri);
    if (unread && !answer.isStalled)
      throw fail(`can't read the domain "${unread.name}"`, ["dumpxml", unread.name], 1);
    return answer;
  };
  const allowance = { each: `${mark} inactive `, bytes: 256 * 1024 };
  return { command: { argv, timeoutSeconds: 120 + limit, allowance }, mark, parse };
}

/** Whether virsh reads the text as a name for certain, rather than as an id, a UUID, an option or punctuation. */
export function isPlainName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text) && /[^0-9]/.test(text) && text.length !== 36;
}
