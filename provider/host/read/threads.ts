/** Facts from the kernel and QEMU about the IO threads of running guests, from the frames of script.ts. */

import type { DomainFacts, IoThreadFacts } from "../../plan/situation/facts.ts";
import { type PollingStats, parseDomstats, pollingOf } from "./domstats.ts";

export interface Process {
  readonly name: string;
  readonly pid: number;
  readonly startTime: number | null;
  readonly threads: ReadonlyMap<number, { readonly threadId: number; readonly cpusAllowed: string }>;
}

/** Whether libvirt printed that the guest has IO threads. */
export function hasThreads(xml: string | null | undefined): boolean {
  return /^ {2}<iothreads>[1-9]/m.test(xml ?? "");
}

export function parseProcess(text: string): Process {
  const [pid = "", name = "", stat = "", ...lines] = text.split("\n");
  const threads = lines.map((line) => line.split(" ")).filter(([word]) => word === "thread");
  const startTime = Number(stat.split(" ")[19]);
  return {
    name,
    pid: Number(pid),
    startTime: Number.isFinite(startTime) ? startTime : null,
    threads: new Map(
      threads.map(([, tid, id, cpus]) => [Number(id), { threadId: Number(tid), cpusAllowed: cpus ?? "" }]),
    ),
  };
}

/** The facts about one domain in `domstats`. */
export interface Stats {
  readonly state: number | null;
  readonly reason: number | null;
  readonly polling: ReadonlyMap<number, PollingStats>;
}

export function parseStats(text: string): Map<string, Stats> {
  const found = new Map<string, Stats>();
  for (const [name, fields] of parseDomstats(text)) {
    const number = (key: string) => {
      const value = fields.get(key);
      return value === undefined ? null : Number(value);
    };
    const [state, reason] = [number("state.state"), number("state.reason")];
    found.set(name, { state, reason, polling: pollingOf(fields) });
  }
  return found;
}

export function withThreads(
  facts: DomainFacts,
  process: Process | undefined,
  polling: ReadonlyMap<number, PollingStats> = new Map(),
): DomainFacts {
  const ids = [...new Set([...polling.keys(), ...(process?.threads.keys() ?? [])])].sort((a, b) => a - b);
  return {
    ...facts,
    qemuPid: process?.pid ?? null,
    qemuStartTime: process?.startTime ?? null,
    ioThreads: ids.map((id): IoThreadFacts => {
      const poll = polling.get(id);
      const kernel = process?.threads.get(id);
      return {
        id,
        pollMaxNs: poll?.maxNs ?? null,
        pollGrow: poll?.grow ?? null,
        pollShrink: poll?.shrink ?? null,
        pollWeight: poll?.weight ?? null,
        threadId: kernel?.threadId ?? null,
        cpusAllowed: kernel?.cpusAllowed ?? null,
      };
    }),
  };
}
