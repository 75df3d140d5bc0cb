/** Guests whose XML libvirt does not print, because another client's job holds them or their QEMU hangs. */

import { HostError } from "../../errors.ts";
import { objects } from "../../model/objects.ts";
import type { CommandResult, Connection } from "../connection/connection.ts";
import type { Answer, Unread } from "./answer.ts";
import { statsOfQemu } from "./domstats.ts";
import { splitFrames } from "./frames.ts";
import { batchSeconds } from "./script.ts";

const { dumpInactive, dumpLive } = objects.domain.verbs;

/** Guests in one virsh: the words for one are about 250 bytes, and an argument may have 128 KiB. */
const guestsAtOnce = 250;

/** Times that we ask again for a guest that libvirt did not answer for. */
const attempts = 2;

/** A host's first answer, and how to parse it. */
interface Asked {
  readonly mark: string;
  readonly stdout: string;
  readonly parse: (stdout: string) => Answer;
}

/**
 * Completes a host's answer: asks again for guests that a stalled answer lacks, and for threads. `domcontrol` tells
 * without waiting which guests are held by a job; those are not asked for their XML, so that nobody waits for them
 * (libvirt 9.0.0 to 12.8.0).
 */
export async function completeAnswer(
  connection: Connection,
  { mark, stdout, parse }: Asked,
): Promise<Answer> {
  let text = stdout;
  let answer = parse(text);
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (answer.unread.length === 0 && !answer.lacksThreads) break;
    const free = await freeOf(connection, mark, answer.unread);
    const held = new Set(answer.unread.filter((each) => !free.includes(each)).map(({ uuid }) => uuid));
    const telling = [...answer.telling].filter((uuid) => !held.has(uuid));
    const questions = [
      ...free.map((guest) => dumpsOf(mark, guest)),
      // One by one: domstats prints nothing of any guest if one of them ends meanwhile (9.0.0).
      ...telling.map((uuid) => `echo ${mark} threads; ${statsOfQemu} --iothread ${uuid}`),
    ];
    const results = await ask(connection, questions);
    text += results.map(({ stdout: more }) => `\n${mark} more\n${more}`).join("");
    answer = parse(text);
  }
  return answer;
}

function dumpsOf(mark: string, { uuid, isActive }: Unread): string {
  const inactive = `echo ${mark} inactive ${uuid}; ${dumpInactive.join(" ")} ${uuid}`;
  return isActive ? `${inactive}; echo ${mark} live ${uuid}; ${dumpLive.join(" ")} ${uuid}` : inactive;
}

/** The guests that no job holds. A guest that is off has no job that lasts. */
async function freeOf(connection: Connection, mark: string, guests: readonly Unread[]): Promise<Unread[]> {
  const active = guests.filter(({ isActive }) => isActive);
  const results = await ask(
    connection,
    active.map(({ uuid }) => `echo ${mark} ${uuid}; domcontrol ${uuid}`),
  );
  const told = new Map(results.flatMap(({ stdout }) => splitFrames(stdout, mark)));
  return guests.filter(({ uuid, isActive }) => !isActive || told.get(uuid)?.trim() === "ok");
}

async function ask(connection: Connection, questions: readonly string[]): Promise<CommandResult[]> {
  const chunks = Array.from({ length: Math.ceil(questions.length / guestsAtOnce) }, (_, index) =>
    questions.slice(index * guestsAtOnce, (index + 1) * guestsAtOnce),
  );
  const results = await Promise.all(
    chunks.map((chunk) => {
      const limit = ["timeout", "-k", "2", String(batchSeconds)];
      const argv = [...limit, "virsh", "-c", connection.virshUri, chunk.join("; ")];
      return connection.run([{ argv, timeoutSeconds: 60 }], { isRead: true });
    }),
  );
  return results.flat();
}

/** The error for a domain that exists and can't be read now. */
export function busyError(host: string, name: string, virshUri: string): HostError {
  return new HostError(`can't read the domain "${name}"`, host, {
    code: "domainBusy",
    argv: ["virsh", "-c", virshUri, ...dumpLive, name],
    remedy: `another job holds it, or its QEMU does not answer; nothing of it has changed. See virsh domcontrol ${name} and virsh domjobinfo ${name} there, and run it again when that has ended`,
  });
}

/** @throws HostError when the domain of this name or UUID exists and can't be read now */
export function requireRead(...asked: Parameters<typeof whyUnread>): void {
  const busy = whyUnread(...asked);
  if (busy) throw busy;
}

/** Why a domain of the snapshot can't be compared now; `null` when it was read, or does not exist. */
export function whyUnread(
  { host, virshUri }: Connection,
  { busy }: { readonly busy: ReadonlyMap<string, Unread> },
  name: string,
  uuid?: string,
): HostError | null {
  const found = busy.get(name) ?? [...busy.values()].find((each) => each.uuid === uuid);
  return found ? busyError(host, found.name, virshUri) : null;
}
