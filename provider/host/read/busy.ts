/** Guests whose XML libvirt does not print, because another client's job holds them or their QEMU hangs. */

import { HostError } from "../../errors.ts";
import { objects } from "../../model/objects.ts";
import type { CommandResult, Connection } from "../connection/connection.ts";
import { quote } from "../connection/quote.ts";
import type { Answer, Unread } from "./answer.ts";
import { patientStatsOfQemu } from "./domstats.ts";
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

/** How long a job may have been held to count as a read of another client, which ends before anybody notices. */
const readSeconds = 1;

/**
 * Completes a host's answer: asks again for guests that the answer lacks, and for threads. `domcontrol` tells without
 * waiting which guests are held by a job; those are not asked, so that nobody waits for them (libvirt 9.0.0 to 12.8.0).
 */
export async function completeAnswer(
  connection: Connection,
  { mark, stdout, parse }: Asked,
): Promise<Answer> {
  let text = stdout;
  let answer = parse(text);
  for (let attempt = 0; attempt < attempts; attempt++) {
    const { unread, untold } = answer;
    if (unread.length + untold.length === 0) break;
    const active = unread.flatMap(({ uuid, isActive }) => (isActive ? [uuid] : []));
    const held = await heldOf(connection, mark, [...new Set([...active, ...untold])]);
    const questions = [
      ...unread.filter(({ uuid }) => !held.has(uuid)).map((guest) => dumpsOf(mark, guest)),
      // One by one: domstats prints nothing of any guest if one of them ends meanwhile (9.0.0).
      ...untold
        .filter((uuid) => !held.has(uuid))
        .map((uuid) => `echo ${mark} threads; ${patientStatsOfQemu} --iothread ${uuid}`),
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

/** The guests that a job holds for longer than a read does. A guest that is off has no job that lasts. */
async function heldOf(connection: Connection, mark: string, uuids: readonly string[]): Promise<Set<string>> {
  const questions = uuids.map((uuid) => `echo ${mark} ${uuid}; domcontrol ${uuid}`);
  const results = await ask(connection, questions);
  const told = new Map(results.flatMap(({ stdout }) => splitFrames(stdout, mark)));
  return new Set(uuids.filter((uuid) => isHeld(told.get(uuid)?.trim() ?? "")));
}

/** Whether domcontrol says that a job holds the guest: `ok`, or such as `occupied (0.003s)`. */
function isHeld(said: string): boolean {
  const [, seconds] = /^occupied \(([\d.]+)s\)$/.exec(said) ?? [];
  return said !== "ok" && !(Number(seconds) < readSeconds);
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
export function busyError(
  host: string,
  { name, state }: Pick<Unread, "name" | "state">,
  virshUri: string,
): HostError {
  const what = `can't read the domain "${name}"`;
  const argv = ["virsh", "-c", virshUri, ...dumpLive, name];
  const remedy =
    state === "in shutdown"
      ? `it is in shutdown, and its QEMU answers nobody until it ends; nothing of it has changed. Run it again when it has ended, or end it there (virsh destroy ${quote(name)})`
      : `another job holds it, or its QEMU does not answer; nothing of it has changed. See virsh domcontrol ${quote(name)} and virsh domjobinfo ${quote(name)} there, and run it again when that has ended`;
  return new HostError(what, host, { code: "domainBusy", argv, remedy });
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
  return found ? busyError(host, found, virshUri) : null;
}
