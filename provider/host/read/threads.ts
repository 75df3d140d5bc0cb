/** Facts from the kernel and QEMU about the IO threads of running guests, from the frames of script.ts. */
import type { DomainFacts, IoThreadFacts } from "../../plan/situation/facts.ts";

export interface Process {
  readonly name: string;
  readonly pid: number;
  readonly startTime: number | null;
  readonly threads: ReadonlyMap<number, { readonly threadId: number; readonly cpusAllowed: string }>;
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

/** Polling in force, by the id of the thread. */
type Polling = ReadonlyMap<number, Readonly<Partial<Record<string, number>>>>;

/** The facts about one domain in `domstats`. */
export interface Stats {
  readonly state: number | null;
  readonly reason: number | null;
  readonly polling: Polling;
}

export function parseStats(text: string): Map<string, Stats> {
  const found = new Map<string, Stats>();
  for (const part of text.split(/^Domain: '/m).slice(1)) {
    const name = part.slice(0, part.indexOf("'\n"));
    const threads = new Map<number, Partial<Record<string, number>>>();
    for (const [, id, key = "", value] of part.matchAll(/iothread\.(\d+)\.([a-z-]+)=(\d+)/g)) {
      threads.set(Number(id), { ...threads.get(Number(id)), [key]: Number(value) });
    }
    const number = (key: string) => {
      const value = new RegExp(`^\\s*${key}=(\\d+)$`, "m").exec(part)?.[1];
      return value === undefined ? null : Number(value);
    };
    found.set(name, { state: number("state.state"), reason: number("state.reason"), polling: threads });
  }
  return found;
}

export function withThreads(
  facts: DomainFacts,
  process: Process | undefined,
  polling: Polling = new Map(),
): DomainFacts {
  const ids = [...new Set([...polling.keys(), ...(process?.threads.keys() ?? [])])].sort((a, b) => a - b);
  return {
    ...facts,
    qemuPid: process?.pid ?? null,
    qemuStartTime: process?.startTime ?? null,
    ioThreads: ids.map((id): IoThreadFacts => {
      const poll = polling.get(id) ?? {};
      const kernel = process?.threads.get(id);
      return {
        id,
        pollMaxNs: poll["poll-max-ns"] ?? null,
        pollGrow: poll["poll-grow"] ?? null,
        pollShrink: poll["poll-shrink"] ?? null,
        threadId: kernel?.threadId ?? null,
        cpusAllowed: kernel?.cpusAllowed ?? null,
      };
    }),
  };
}
