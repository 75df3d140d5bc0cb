import type { Activity } from "../../plan/activity/activity.ts";
import { leastWindows } from "../../plan/activity/compare.ts";
import { type Profile, profileOf } from "../../plan/activity/profile.ts";
import type { Connection } from "../connection/connection.ts";
import { currentSignal } from "../connection/interruption.ts";
import { startLatencyCounting } from "./histogram.ts";
import { openActivity } from "./reader.ts";
import { activities } from "./stream.ts";

export interface ProfileWish {
  /** Name of a running domain. */
  readonly domain: string;
  /** Seconds to watch it: the sum of all windows. */
  readonly seconds: number;
  /** Whether QEMU counts latencies too. Its monitor commands mark the guest as tainted. Default: false. */
  readonly histograms?: boolean;
  /** Stops the measurement. Default: the signal of the operation that it is part of. */
  readonly signal?: AbortSignal;
}

/** Windows per profile: enough to show how much they vary, each long enough to contain requests. */
const windowsWanted = 12;

export const tainted =
  "latency histograms need monitor commands: libvirt marks the running guest as tainted (custom-monitor, in its log and dominfo) until it is powered off";

/**
 * Measures a running domain for a while, with read-only access.
 * @throws HostError when it does not run or can't be read; Error when it was stopped or power-cycled meanwhile
 */
export async function readProfile(connection: Connection, wish: ProfileWish): Promise<Profile> {
  const {
    domain,
    seconds,
    histograms = false,
    signal = currentSignal() ?? new AbortController().signal,
  } = wish;
  const reader = await openActivity(connection, [domain], signal);
  const counting = histograms ? await startLatencyCounting(connection, domain) : null;
  try {
    const begun = new Date().toISOString();
    const seen: Activity[] = [];
    let watched = 0;
    for await (const activity of activities(reader, (seconds * 1000) / windowsWanted, signal)) {
      if (activity.domains.length === 0)
        throw new Error(`"${domain}" was powered off or power-cycled while it was measured: measure again`);
      seen.push(activity);
      watched += activity.seconds;
      // A slow host gets fewer windows, which are longer. Time that passes outside of them is not watched.
      if (watched >= seconds && seen.length >= leastWindows) break;
    }
    if (signal.aborted) throw new Error("interrupted: no profile");
    const latencies = (await counting?.read()) ?? new Map();
    const notes = counting ? [tainted] : [];
    return profileOf({ host: connection.host, domain, begun, notes, latencies }, seen);
  } finally {
    await counting?.stop();
  }
}
