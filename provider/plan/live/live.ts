import type { Change } from "../merge/change.ts";
import { placeOf } from "../merge/path.ts";
import { rows } from "./domain.ts";
import type { LiveContext, LiveStep, PlannedChange } from "./steps.ts";

/** The steps that make a change to the running guest; null when the change has to wait for the next boot. */
export function planLive(change: Change, context: LiveContext): PlannedChange | null {
  const place = placeOf(change.steps);
  for (const row of rows) {
    if (!row.kinds.includes(change.kind) || !fits(row.place, place)) continue;
    if (row.since !== undefined && context.libvirtVersion < row.since) continue;
    if (row.sinceQemu !== undefined && context.qemuVersion > 0 && context.qemuVersion < row.sinceQemu)
      continue;
    if (row.label === "detach" && context.allowed === "live") continue;
    const made = row.steps(change, context);
    if (!made) continue;
    const steps = made.map(
      (step): LiveStep => ({ plugs: false, ...step, order: row.order, label: row.label }),
    );
    return { row, steps, isRequest: row.isRequest ?? false };
  }
  return null;
}

/** Whether a row's place is this place or, with a final `/**`, contains it. */
export function fits(pattern: string, place: string): boolean {
  if (!pattern.endsWith("/**")) return pattern === place;
  const base = pattern.slice(0, -3);
  return place === base || place.startsWith(`${base}/`);
}
