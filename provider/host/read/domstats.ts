/** What `virsh domstats` prints: a line `Domain: 'NAME'` and then lines `key=value`. */

import type { RunState } from "../../plan/situation/facts.ts";

/**
 * Begins a question that QEMU answers: `--nowait` does not wait for a job, but for QEMU. It has no answer from a guest in
 * shutdown, whose QEMU is at its end: libvirt then keeps the question's job until QEMU has ended, and dumpxml waits 30 s
 * for that job (11.3.0; not 9.0.0). libvirt itself leaves such guests out by their state, which is one of "other".
 */
export const statsOfQemu = "domstats --nowait --list-running --list-paused";

/** The same question, which waits for a job. Others' reads, each of which takes a job for some milliseconds, delay it. */
export const patientStatsOfQemu = statsOfQemu.replace(" --nowait", "");

/** The states of guests that `statsOfQemu` asks. */
export const tellingStates: ReadonlySet<RunState> = new Set(["running", "paused"]);

/** The values of each domain, by its name. */
export function parseDomstats(text: string): Map<string, ReadonlyMap<string, string>> {
  const found = new Map<string, ReadonlyMap<string, string>>();
  for (const part of text.split(/^Domain: '/m).slice(1)) {
    const [first = "", ...lines] = part.split("\n");
    const fields = lines.flatMap((line): [string, string][] => {
      const [key = "", ...value] = line.trim().split("=");
      return value.length === 0 ? [] : [[key, value.join("=")]];
    });
    found.set(first.replace(/'$/, ""), new Map(fields));
  }
  return found;
}

/** Polling in force, in nanoseconds and factors; `null` for a value that libvirt does not print. */
export interface PollingStats {
  readonly maxNs: number | null;
  readonly grow: number | null;
  readonly shrink: number | null;
  readonly weight: number | null;
}

/** Polling in force, by the id of the IO thread. */
export function pollingOf(fields: ReadonlyMap<string, string>): Map<number, PollingStats> {
  const polling = new Map<number, PollingStats>();
  for (const key of fields.keys()) {
    const id = /^iothread\.(\d+)\.poll-/.exec(key)?.[1];
    if (id === undefined || polling.has(Number(id))) continue;
    const value = (name: string) => {
      const text = fields.get(`iothread.${id}.poll-${name}`);
      return text === undefined ? null : Number(text);
    };
    const [maxNs, grow, shrink] = [value("max-ns"), value("grow"), value("shrink")];
    polling.set(Number(id), { maxNs, grow, shrink, weight: value("weight") });
  }
  return polling;
}
