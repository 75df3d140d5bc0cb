import { printCpuset } from "../../model/values/cpuset.ts";
import type { DiskActivity, Finding, ThreadActivity } from "./activity.ts";
import { printThread, requestsPerSecond } from "./activity.ts";
import type { Polling, ThreadPlacement } from "./sample.ts";

/** Thresholds for findings, each with its reason. */
const from = {
  /** Below this, a disk counts as idle: about a third of a request in flight, or 200 requests per second. */
  busyInFlight: 0.3,
  busyRequestsPerSecond: 200,
  /**
   * A disk with many requests in flight slows a quiet one on the same thread; two disks with few help each other.
   * Measured at depths 1 and 16. Requests that QEMU has not picked up yet are not counted, so a depth of 16 shows as
   * less.
   */
  deepInFlight: 4,
  /** Above this, the thread limits its disks. Even a fully loaded thread sometimes yields, so this is below 100. */
  saturatedPercent: 85,
  /** Percentage of time that a thread is ready to run but has no CPU. */
  starvedPercent: 20,
  /** Percentage of a CPU, used or waited for, above which polling is worth reporting. */
  pollingPercent: 50,
  /** Microseconds of CPU per request. The work itself takes 1 to 20; the rest is polling. */
  pollingUsPerRequest: 100,
};

/** Lists the findings about a domain, warnings first. */
export function findingsOf(
  placement: ThreadPlacement,
  threads: readonly ThreadActivity[],
  disks: readonly DiskActivity[],
  nodes: readonly (readonly number[])[],
): Finding[] {
  const busy = disks.filter(isBusy);
  const found = [
    ...servedByMainLoop(busy, threads),
    ...shared(busy),
    ...unused(placement),
    ...threads.flatMap((thread) => [...loadOf(thread, disks), ...pinOf(thread)]),
    ...farFromMemory(placement, threads, nodes),
  ];
  return [
    ...found.filter(({ level }) => level === "warning"),
    ...found.filter(({ level }) => level === "note"),
  ];
}

export function isBusy(disk: DiskActivity): boolean {
  return disk.inFlight >= from.busyInFlight || requestsPerSecond(disk) >= from.busyRequestsPerSecond;
}

function rate(disk: DiskActivity): string {
  return `${Math.round(requestsPerSecond(disk))} IO/s`;
}

function servedByMainLoop(busy: readonly DiskActivity[], threads: readonly ThreadActivity[]): Finding[] {
  const there = busy.filter(({ ioThreads }) => ioThreads.length === 0);
  const main = threads.find(({ kind }) => kind === "main loop");
  const others = (disk: DiskActivity): string =>
    there
      .filter((each) => each !== disk)
      .map(({ target }) => target)
      .join(", ");
  return there.map((disk): Finding => {
    const text = `${disk.target}: ${rate(disk)} served by the main loop`;
    // Measured: a disk alone on an idle main loop gets 0.96 to 1.35 times the throughput on its own thread.
    const isAlone = there.length === 1 && (main?.cpuPercent ?? 0) < from.saturatedPercent;
    const remedy = "give it an IO thread of its own";
    return isAlone
      ? {
          kind: "main loop",
          level: "note",
          subject: disk.target,
          text: `${text}, alone there`,
          remedy: `${remedy} if monitoring or other disks will make the main loop busy; alone it gains little`,
        }
      : {
          kind: "main loop",
          level: "warning",
          subject: disk.target,
          text: there.length === 1 ? text : `${text} beside ${others(disk)}`,
          remedy,
        };
  });
}

function shared(busy: readonly DiskActivity[]): Finding[] {
  const ids = [...new Set(busy.flatMap(({ ioThreads }) => ioThreads))].sort((a, b) => a - b);
  return ids.flatMap((id): Finding[] => {
    const on = busy.filter(({ ioThreads }) => ioThreads.includes(id));
    // A disk that has other threads too gives way to others; one that has this thread alone can't.
    if (on.length < 2 || on.every(({ ioThreads }) => ioThreads.length > 1)) return [];
    const told = on.map((disk) => `${disk.target} (mean ${Math.round(disk.meanUs ?? 0)} µs)`).join(", ");
    const isDeep = on.some(({ inFlight }) => inFlight >= from.deepInFlight);
    return [
      {
        kind: "shared",
        level: isDeep ? "warning" : "note",
        subject: `IO thread ${id}`,
        text: `IO thread ${id} serves ${on.length} busy disks: ${told}`,
        remedy: isDeep
          ? "give each a thread of its own"
          : "no need to part them while all have few requests in flight",
      },
    ];
  });
}

function unused({ ioThreads, disks, controllerIoThreads }: ThreadPlacement): Finding[] {
  const used = new Set([...disks.flatMap((disk) => disk.ioThreads), ...controllerIoThreads]);
  return ioThreads
    .filter((id) => !used.has(id))
    .map((id) => ({
      kind: "unused",
      level: "warning",
      subject: `IO thread ${id}`,
      text: `IO thread ${id} serves no disk and no controller`,
      remedy: "give it a disk, or remove it",
    }));
}

function loadOf(thread: ThreadActivity, disks: readonly DiskActivity[]): Finding[] {
  const { kind, cpuPercent, waitPercent, cpusAllowed, serves, polling } = thread;
  if (kind !== "IO thread" && kind !== "main loop") return [];
  const subject = printThread(thread);
  // QEMU counts by disk: each thread of a mapping counts for an equal part.
  const requests = disks
    .filter(({ target }) => serves.includes(target))
    .reduce((sum, disk) => sum + requestsPerSecond(disk) / Math.max(1, disk.ioThreads.length), 0);
  const shares = `runs ${Math.round(cpuPercent)} % and waits for a CPU ${Math.round(waitPercent)} % of the time, for ${Math.round(requests)} IO/s`;
  if (cpuPercent + waitPercent >= from.pollingPercent && isPolling(cpuPercent, requests, polling)) {
    const text = `${subject} ${shares}: it polls up to ${polling?.maxNs} ns`;
    const remedy = "lower pollMaxNs where that CPU is wanted elsewhere";
    return [{ kind: "polling", level: "note", subject, text, remedy }];
  }
  if (waitPercent >= from.starvedPercent) {
    const remedy = `CPUs ${printCpuset(cpusAllowed)} have too much to do: allow it others, or take load off them`;
    return [{ kind: "starved", level: "warning", subject, text: `${subject} is starved: ${shares}`, remedy }];
  }
  if (cpuPercent < from.saturatedPercent) return [];
  const text = `${subject} is saturated: ${shares}`;
  return [{ kind: "saturated", level: "warning", subject, text, remedy: spread(thread) }];
}

/** Whether polling explains the thread's CPU time: much time per request, but no more than polling may take. */
function isPolling(cpuPercent: number, requests: number, polling: Polling | null): boolean {
  const usPerRequest = (cpuPercent * 1e4) / Math.max(1, requests);
  return usPerRequest >= from.pollingUsPerRequest && (polling?.maxNs ?? 0) / 1000 >= usPerRequest / 2;
}

function spread({ kind, serves }: ThreadActivity): string {
  if (kind === "main loop") return "give its disks IO threads of their own, or ask its monitor less often";
  return serves.length > 1
    ? "spread its disks over more threads"
    : "spread its disk's queues over more threads (libvirt 10.0.0, QEMU 9.0)";
}

function pinOf(thread: ThreadActivity): Finding[] {
  const { pin, cpusAllowed } = thread;
  if (pin === null || cpusAllowed.length === 0 || printCpuset(pin) === printCpuset(cpusAllowed)) return [];
  const subject = printThread(thread);
  const text = `${subject} is pinned to ${printCpuset(pin)} in the XML, but the kernel allows ${printCpuset(cpusAllowed)}`;
  return [
    {
      kind: "pin not in force",
      level: "warning",
      subject,
      text,
      remedy: "something outside libvirt moved it: pin it again",
    },
  ];
}

/** Reports a thread that can't run on any node of the guest's memory; vCPUs count instead when memory is not bound. */
function farFromMemory(
  placement: ThreadPlacement,
  threads: readonly ThreadActivity[],
  nodes: readonly (readonly number[])[],
): Finding[] {
  const nodesOf = (cpus: readonly number[]): number[] =>
    nodes.flatMap((node, index) => (cpus.some((cpu) => node.includes(cpu)) ? index : []));
  const vcpus = threads.filter(({ kind }) => kind === "vCPU");
  const home = placement.memoryNodes ?? nodesOf(vcpus.flatMap(({ cpusAllowed }) => cpusAllowed));
  const what = placement.memoryNodes ? "memory is bound to" : "vCPUs are on";
  return threads.flatMap((thread): Finding[] => {
    const own = nodesOf(thread.cpusAllowed);
    if (thread.kind !== "IO thread" || own.length === 0 || home.length === 0) return [];
    if (own.some((node) => home.includes(node))) return [];
    const subject = printThread(thread);
    const text = `${subject} may run on node ${printCpuset(own)} only, but the guest's ${what} node ${printCpuset(home)}`;
    return [
      {
        kind: "far NUMA node",
        level: "warning",
        subject,
        text,
        remedy: `pin it to CPUs of node ${printCpuset(home)}`,
      },
    ];
  });
}
