import type { ActivityReader } from "../../provider/host/activity/reader.ts";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { activityBetween } from "../../provider/plan/activity/between.ts";
import type { Guest } from "../../test/support/guest.ts";
import type { GuestConsole, GuestWindow } from "../../test/support/guestConsole.ts";

/**
 * One disk in one state of the guest: medians of its windows by the guest's own clock, and the host's view.
 */
export interface DiskLook {
  readonly disk: string;
  readonly requestsPerSecond: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  /** Mean by domstats, which counts from when QEMU takes a request. */
  readonly hostMeanUs: number;
}

export interface Look {
  readonly state: string;
  readonly disks: readonly DiskLook[];
}

/** A running guest with a quiet and a busy disk. */
export interface Stage {
  readonly guest: Guest;
  readonly connection: Connection;
  /** Watches both disks in a state of the guest, when the load has settled in it. */
  readonly watch: (state: string) => Promise<Look>;
}

/** Watches the guest's disks, given by name and target, for this many windows. */
export async function look(
  state: string,
  { console, reader, windows }: { console: GuestConsole; reader: ActivityReader; windows: number },
  disks: readonly { readonly name: string; readonly target: string }[],
): Promise<Look> {
  const before = await reader.read();
  const seen = await console.windows(windows, 120_000);
  const [activity] = activityBetween(before, await reader.read()).domains;
  return {
    state,
    disks: disks.map(({ name, target }) => {
      const own = seen.filter(({ disk, requests }) => disk === name && requests > 0);
      const middle = (value: (window: GuestWindow) => number | undefined): number =>
        median(own.flatMap((window) => value(window) ?? []));
      return {
        disk: name,
        requestsPerSecond: middle(({ requests, us }) => (requests / us) * 1e6),
        p50Us: middle(({ p50Ns }) => p50Ns) / 1000,
        p90Us: middle(({ p90Ns }) => p90Ns) / 1000,
        p99Us: middle(({ p99Ns }) => p99Ns) / 1000,
        hostMeanUs: activity?.disks.find((each) => each.target === target)?.meanUs ?? Number.NaN,
      };
    }),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
