import { setTimeout as pause } from "node:timers/promises";
import type { Activity } from "../../plan/activity/activity.ts";
import { activityBetween } from "../../plan/activity/between.ts";
import type { ActivityReader } from "./reader.ts";

/** Yields one activity per interval until `signal` fires. @throws HostError when a sample can't be read */
export async function* activities(
  reader: ActivityReader,
  intervalMs: number,
  signal: AbortSignal,
): AsyncGenerator<Activity> {
  let before = await reader.read();
  for (let next = Date.now() + intervalMs; !signal.aborted; next = Math.max(next + intervalMs, Date.now())) {
    await pause(Math.max(0, next - Date.now()), undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    const after = await reader.read();
    yield activityBetween(before, after);
    before = after;
  }
}
