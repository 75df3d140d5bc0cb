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

/** A measurement whose first half is done. */
export interface RunningMeasurement {
  /** The second half; call it when the change is in force. Never throws: what goes wrong is a note. */
  finish(): Promise<Measured>;
}

/**
 * Watches a guest before a change that is about to be made, when `measure` is declared. Null when the resource is
 * not there yet or nothing is to be done. Never throws: a measurement makes no update fail.
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
  // Half of what the update may take is its own.
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

/** The state is no place for sixteen digits. */
function rounded(row: Measured["rows"][number]): Measured["rows"][number] {
  const round = (value: number) => Math.round(value * 1000) / 1000;
  const { before, after, ratio } = row;
  return { ...row, before: round(before), after: round(after), ratio: ratio === null ? null : round(ratio) };
}
