import { readProfile } from "../host/activity/profile.ts";
import { applyDeclaration } from "../host/apply/apply.ts";
import type { Connection } from "../host/connection/connection.ts";
import { connectionTo } from "../host/connections.ts";
import { withLock } from "../host/process/lock.ts";
import { readDomain } from "../host/read/read.ts";
import { remember } from "../host/read/snapshot.ts";
import { ownOf } from "../model/table.ts";
import type { GateLimits } from "../plan/activity/gate.ts";
import { judgeGate } from "../plan/activity/gate.ts";
import type { Profile } from "../plan/activity/profile.ts";
import type { Tuning } from "../plan/cpus/tuning.ts";
import { planPutBack, tuningOf } from "../plan/cpus/tuning.ts";
import { situationOf } from "../plan/situation/situation.ts";

/** Guests by the names that a fleet gives them, and how to measure them. */
export interface Measuring {
  readonly guests: Readonly<Record<string, { readonly host: string; readonly domain: string }>>;
  readonly seconds: number;
  readonly histogram: boolean;
}

/** A guest before a change; `null` when it did not run, so that there is nothing to compare with. */
export type Before = { readonly profile: Profile; readonly tuning: Tuning } | null;

/** Profiles all guests at the same time. @throws HostError when a host can't be read */
export async function measureBefore(measuring: Measuring): Promise<Record<string, Before>> {
  return forEachGuest(measuring, async (connection, domain) => {
    const tuning = await readTuning(connection, domain);
    if (tuning === null) return null;
    return { profile: await readProfile(connection, wishOf(measuring, domain)), tuning };
  });
}

/**
 * Measures the guests again and compares them with `measureBefore`, one line each.
 * @throws Error when a limit is exceeded; by then we have put back what we can
 */
export async function holdGate(
  measuring: Measuring,
  before: Readonly<Record<string, Before>>,
  limits: GateLimits,
): Promise<string[]> {
  const verdicts = await forEachGuest(measuring, async (connection, domain, key) => {
    const then = ownOf(before, key) ?? null;
    if (then === null) return { failures: [], notes: ["did not run before: nothing to compare with"] };
    if ((await readTuning(connection, domain)) === null)
      return { failures: ["ran before, and does not run now"], notes: [] };
    const profile = await readProfile(connection, wishOf(measuring, domain));
    return judgeGate(then.profile, profile, limits);
  });
  const lines = (which: "failures" | "notes") =>
    Object.entries(verdicts).flatMap(([key, verdict]) => verdict[which].map((line) => `${key} ${line}`));
  const failures = lines("failures");
  if (failures.length === 0) return lines("notes");
  const undone = await forEachGuest(measuring, (connection, domain, key) =>
    putBack(connection, domain, ownOf(before, key)?.tuning ?? null),
  );
  const back = Object.entries(undone).flatMap(([key, done]) => done.map((line) => `${key} ${line}`));
  throw new Error(
    [
      "the gate does not hold, and no later wave begins",
      ...failures,
      ...lines("notes"),
      ...(back.length > 0
        ? ["put back, while the guests run:", ...back]
        : ["nothing could be put back live"]),
      "only pins and polling are put back; the program still declares the change: take it back there, or raise the limit",
    ].join("\n"),
  );
}

/**
 * Puts the old tuning back. Lists what was put back, or why it failed, and never throws: the gate must report
 * its own verdict.
 */
async function putBack(connection: Connection, name: string, before: Tuning | null): Promise<string[]> {
  if (before === null) return [];
  return withLock(`${connection.host}#${name}`, async () => {
    try {
      const now = await readTuning(connection, name);
      const { recorded, desired, lines } = planPutBack(before, now ?? before);
      if (lines.length === 0) return [];
      const declaration = { name, recorded, desired, allowed: "live", mayDefine: false } as const;
      const { domain } = await applyDeclaration(connection, declaration);
      await remember(connection, name, domain);
      return [...lines];
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return [`NOT put back: ${error.message}`];
    }
  });
}

/** Returns `null` when the guest does not run. */
async function readTuning(connection: Connection, name: string): Promise<Tuning | null> {
  const { host, domain } = await readDomain(connection, name);
  const live = domain && situationOf(host, domain).live;
  return live && domain.state === "running" ? tuningOf(live) : null;
}

function wishOf({ seconds, histogram }: Measuring, domain: string) {
  return { domain, seconds, histograms: histogram };
}

async function forEachGuest<T>(
  { guests }: Measuring,
  act: (connection: Connection, domain: string, key: string) => Promise<T>,
): Promise<Record<string, T>> {
  const done = Object.entries(guests).map(
    async ([key, { host, domain }]) => [key, await act(connectionTo(host), domain, key)] as const,
  );
  // Wait for all of them, so that none still runs after the first failure.
  await Promise.allSettled(done);
  return Object.fromEntries(await Promise.all(done));
}
