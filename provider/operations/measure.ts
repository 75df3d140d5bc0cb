import { readProfile } from "../host/activity/profile.ts";
import type { Declaration } from "../host/apply/apply.ts";
import type { Connection } from "../host/connection/connection.ts";
import { currentLimitSeconds } from "../host/connection/interruption.ts";
import type { DomainRead } from "../host/read/read.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import type { Measured } from "../plan/activity/compare.ts";
import { compareProfiles } from "../plan/activity/compare.ts";
import type { Profile } from "../plan/activity/profile.ts";
import { planDomain } from "../plan/plan.ts";
import { situationOf } from "../plan/situation/situation.ts";
import { isThere } from "./state.ts";

/** A measurement that has profiled the guest before the change. */
export interface RunningMeasurement {
  /**
   * Profiles the guest again; call it when the change is in force. Never throws: a failure becomes a note.
   */
  finish(): Promise<Measured>;
}

/**
 * Profiles a guest before a change, if `measure` is declared. Returns `null` when the resource does not exist
 * yet or nothing has to change. Never throws, because a measurement must not make an update fail.
 */
export async function beginMeasuring(
  connection: Connection,
  kind: Kind,
  args: Arguments,
  declaration: Declaration,
  read: DomainRead,
): Promise<RunningMeasurement | null> {
  const seconds = (args.measure as { readonly seconds: number } | undefined)?.seconds;
  const { host, domain } = read;
  if (seconds === undefined || !domain || !isThere(kind, args, host, domain)) return null;
  const { recorded, desired, allowed } = declaration;
  const plan = planDomain(recorded, desired, situationOf(host, domain), allowed);
  if (!plan.define && plan.liveSteps.length === 0) return null;
  const at = new Date().toISOString();
  const empty = (note: string): Measured => ({ at, seconds, rows: [], notes: [`not measured: ${note}`] });
  const none = (note: string): RunningMeasurement => ({ finish: async () => empty(note) });
  if (domain.liveXml === null) return none("the guest is off");
  if (plan.liveSteps.length === 0 && !plan.restarts) return none("the change waits for the next power cycle");
  const limit = currentLimitSeconds();
  // Measuring may take half of the time that the update has.
  if (limit > 0 && 4 * seconds > limit)
    return none(`twice ${seconds} s leave too little of the update's time limit, ${limit} s`);
  const watch = (): Promise<Profile | string> =>
    readProfile(connection, { domain: declaration.name, seconds }).catch((cause: unknown) =>
      cause instanceof Error ? cause.message : String(cause),
    );
  const before = await watch();
  if (typeof before === "string") return none(before);
  return {
    finish: async () => {
      const after = await watch();
      if (typeof after === "string") return empty(after);
      const { rows, notes } = compareProfiles(before, after);
      const own = [...new Set([...before.notes, ...after.notes])];
      const restarted = plan.restarts ? ["the guest was power-cycled in between"] : [];
      return { at, seconds, rows: rows.map(rounded), notes: [...restarted, ...notes, ...own] };
    },
  };
}

/** Rounds the figures for the state. */
function rounded(row: Measured["rows"][number]): Measured["rows"][number] {
  const round = (value: number) => Math.round(value * 1000) / 1000;
  const { before, after, ratio } = row;
  return { ...row, before: round(before), after: round(after), ratio: ratio === null ? null : round(ratio) };
}
