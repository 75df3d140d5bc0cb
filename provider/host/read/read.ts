import { randomBytes } from "node:crypto";
import { type HostError, PartialFailure } from "../../errors.ts";
import type { DomainFacts, HostFacts } from "../../plan/situation/facts.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import type { Command, CommandResult, Connection } from "../connection/connection.ts";
import { answerSeconds } from "../process/limits.ts";
import type { PrintedStorage } from "../storage/all.ts";
import { storageQuestion } from "../storage/all.ts";
import { answerError, commandError, saysConnectionLost } from "../virsh/errors.ts";
import { type Answer, type HostIdentity, parseAnswer, type Unread } from "./answer.ts";
import { busyError, completeAnswer } from "./busy.ts";
import { domainSeconds, readScript } from "./script.ts";

export interface HostSnapshot {
  /** `null` when libvirt does not report it. */
  readonly identity: HostIdentity | null;
  readonly host: HostFacts;
  /** By name. */
  readonly domains: ReadonlyMap<string, DomainFacts>;
  /** By name: domains that exist and could not be read, because a job holds them or their QEMU hangs. */
  readonly busy: ReadonlyMap<string, Unread>;
  /** `null` when nobody asked for it, or the host could not tell it. */
  readonly storage: PrintedStorage | null;
}

/** A domain as it has just been read. */
export interface DomainRead {
  readonly host: HostFacts;
  /** `null` when the host has no domain of that name. */
  readonly domain: DomainFacts | null;
  /** UUIDs of all domains of the host, read only when it has no domain of that name; empty otherwise. */
  readonly uuids: ReadonlySet<string>;
  /** Whether a limit passed before its QEMU had said what polling is in force. */
  readonly isStalled: boolean;
}

/**
 * All domains of a host, in one round trip, and its storage if that is wanted.
 * @throws HostError: a host that can't be read is never an empty one.
 */
export async function readHost(
  connection: Connection,
  { storage = false }: { readonly storage?: boolean } = {},
): Promise<HostSnapshot> {
  const { command, mark, parse } = questionOf(connection, "");
  const more = storageQuestion(connection);
  const commands = storage ? [command, more.command] : [command];
  const [result, printed] = await connection.run(commands, { isRead: true, keepGoing: true });
  const { identity, host, domains, unread, isStalled } = await completeAnswer(connection, {
    mark,
    stdout: result?.stdout ?? "",
    parse: (stdout) => parse(result && { ...result, stdout }),
  });
  const [first] = unread;
  if (first && !isStalled) throw unreadError(connection, first.name, result);
  const busy = new Map(unread.map((each) => [each.name, each]));
  return { identity, host, domains, busy, storage: more.parse(printed) };
}

/** The storage of a host; `null` when it can't tell all of it at once. @throws HostError when it can't be reached */
export async function readStorage(connection: Connection): Promise<PrintedStorage | null> {
  const { command, parse } = storageQuestion(connection);
  const [result] = await connection.run([command], { isRead: true, keepGoing: true });
  return parse(result);
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
  return { command, parse: (result) => readOf(connection, name, parse(result), result) };
}

/** The domain of an answer about one name. */
function readOf(
  connection: Connection,
  name: string,
  { host, domains, uuids, unread: [unread], isStalled }: Answer,
  result: CommandResult | undefined,
): DomainRead {
  if (unread)
    throw isStalled
      ? busyError(connection.host, unread, connection.virshUri)
      : unreadError(connection, unread.name, result);
  const domain = domains.get(name) ?? null;
  // Parse the XML now, so that an error in it is found before anything is changed.
  if (domain) treesOf(domain);
  return { host, domain, uuids, isStalled };
}

export interface Reading {
  readonly command: Command;
  /** @throws HostError when the domain was not read. */
  parse(result: CommandResult | undefined): DomainRead;
}

/**
 * Seconds for a guest in shutdown to end, if another client asked its QEMU just before: dumpxml waits for that question's
 * job until QEMU has ended (11.3.0). A shutdown has as long by default.
 */
const endSeconds = 60;

/** Reads one domain, in a round trip of its own. */
export async function readDomain(
  connection: Connection,
  name: string,
  { isNew = false }: { readonly isNew?: boolean } = {},
): Promise<DomainRead> {
  const { command, parse } = questionOf(connection, name, isNew);
  for (const begin = performance.now(); ; ) {
    const [result] = await connection.run([command], { isRead: true });
    const answer = parse(result);
    const isEnding = answer.isStalled && answer.unread.some(({ state }) => state === "in shutdown");
    if (!isEnding || performance.now() - begin > endSeconds * 1000)
      return readOf(connection, name, answer, result);
  }
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
    return { results, read: parse(all.at(-1)) };
  } catch {
    // The commands are done, so try once more to read the domain.
    const read = await readDomain(connection, name).catch((error: Error) => {
      throw new PartialFailure(null, error);
    });
    return { results, read };
  }
}

const what = "can't read the domains";

function listError({ host, virshUri }: Connection, result: CommandResult | undefined): HostError {
  const argv = ["virsh", "-c", virshUri, "list"];
  return commandError(what, host, { argv, exitCode: result?.exitCode || 1, stderr: result?.stderr ?? "" });
}

/** The error for a domain whose XML virsh did not print, without waiting for anything. */
function unreadError(
  { host, virshUri }: Connection,
  name: string,
  result: CommandResult | undefined,
): HostError {
  const argv = ["virsh", "-c", virshUri, "dumpxml", name];
  return commandError(`can't read the domain "${name}"`, host, {
    argv,
    exitCode: 1,
    stderr: result?.stderr ?? "",
  });
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
    if (result?.exitCode !== 0 || saysConnectionLost(stderr)) throw listError(connection, result);
    const answer = parseAnswer(result.stdout, mark, connection.host, only);
    if ("gap" in answer) {
      const argv = ["virsh", "-c", connection.virshUri, "list"];
      throw answerError(what, connection.host, { argv, stderr: "" }, answer.gap);
    }
    return answer;
  };
  const allowance = { each: `${mark} inactive `, bytes: 256 * 1024 };
  return { command: { argv, timeoutSeconds: 120 + limit, allowance }, mark, parse };
}

/** Whether virsh reads the text as a name for certain, rather than as an id, a UUID, an option or punctuation. */
export function isPlainName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text) && /[^0-9]/.test(text) && text.length !== 36;
}
