import type { Activity, DiskActivity, DomainActivity, ThreadActivity, ThreadKind } from "./activity.ts";
import { findingsOf } from "./findings.ts";
import type { ActivitySample, DiskCounters, DomainSample, ThreadCounters } from "./sample.ts";

/**
 * Computes the activity between two samples, of domains that ran at both. Skips counters that went back, as after a
 * power cycle or for a new disk.
 */
export function activityBetween(before: ActivitySample, after: ActivitySample): Activity {
  const seconds = (after.disksAtMs - before.disksAtMs) / 1000;
  const threadSeconds = (after.threadsAtMs - before.threadsAtMs) / 1000;
  const domains = [...after.domains.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((now): DomainActivity[] => {
      const then = before.domains.get(now.name);
      if (!then || then.pid !== now.pid) return [];
      const disks = diskActivities(then, now, seconds);
      const threads = threadActivities(then, now, threadSeconds);
      return [
        { name: now.name, threads, disks, findings: findingsOf(now.placement, threads, disks, after.nodes) },
      ];
    });
  return { seconds, domains, missing: [...new Set([...before.missing, ...after.missing])] };
}

function diskActivities(then: DomainSample, now: DomainSample, seconds: number): DiskActivity[] {
  const placed = new Map(now.placement.disks.map((disk) => [disk.target, disk]));
  return [...now.disks].flatMap(([target, after]): DiskActivity[] => {
    const before = then.disks.get(target);
    if (!before || placed.get(target)?.isElsewhere) return [];
    const grown = (key: keyof DiskCounters): number => after[key] - before[key];
    const keys = Object.keys(after) as (keyof DiskCounters)[];
    if (keys.some((key) => grown(key) < 0)) return [];
    const requests = grown("readRequests") + grown("writeRequests") + grown("flushRequests");
    const ns = grown("readNs") + grown("writeNs") + grown("flushNs");
    return [
      {
        target,
        ioThreads: placed.get(target)?.ioThreads ?? [],
        readsPerSecond: grown("readRequests") / seconds,
        writesPerSecond: grown("writeRequests") / seconds,
        flushesPerSecond: grown("flushRequests") / seconds,
        bytesPerSecond: (grown("readBytes") + grown("writeBytes")) / seconds,
        meanUs: requests === 0 ? null : ns / requests / 1000,
        inFlight: ns / 1e9 / seconds,
      },
    ];
  });
}

/** Finds a thread's role by its name: libvirt makes QEMU name its threads by role. */
function roleOf(thread: ThreadCounters, pid: number | null): { kind: ThreadKind; id: number | null } {
  if (thread.threadId === pid) return { kind: "main loop", id: null };
  const ioThread = /^IO iothread(\d+)$/.exec(thread.command);
  if (ioThread) return { kind: "IO thread", id: Number(ioThread[1]) };
  const vcpu = /^CPU (\d+)\//.exec(thread.command);
  return vcpu ? { kind: "vCPU", id: Number(vcpu[1]) } : { kind: "others", id: null };
}

const order: readonly ThreadKind[] = ["main loop", "IO thread", "vCPU", "others"];

function threadActivities(then: DomainSample, now: DomainSample, seconds: number): ThreadActivity[] {
  const before = new Map(then.threads.map((thread) => [thread.threadId, thread]));
  const { placement } = now;
  const threads = now.threads.flatMap((thread): ThreadActivity[] => {
    const old = before.get(thread.threadId);
    if (!old) return [];
    const { kind, id } = roleOf(thread, now.pid);
    const serves = placement.disks.filter(({ ioThreads, isElsewhere }) => {
      if (kind === "main loop") return ioThreads.length === 0 && !isElsewhere;
      return kind === "IO thread" && ioThreads.includes(id ?? 0);
    });
    const pins = kind === "IO thread" ? placement.ioThreadPins : placement.vcpuPins;
    return [
      {
        kind,
        id,
        threadId: thread.threadId,
        cpuPercent: (thread.runNs - old.runNs) / seconds / 1e7,
        waitPercent: (thread.waitNs - old.waitNs) / seconds / 1e7,
        wakeupsPerSecond: (thread.voluntarySwitches - old.voluntarySwitches) / seconds,
        cpusAllowed: thread.cpusAllowed,
        pin: id === null ? null : (pins.get(id) ?? null),
        polling: kind === "IO thread" ? (now.polling.get(id ?? 0) ?? null) : null,
        serves: serves.map(({ target }) => target),
      },
    ];
  });
  const others = threads.filter(({ kind }) => kind === "others");
  const known = threads
    .filter(({ kind }) => kind !== "others")
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || (a.id ?? 0) - (b.id ?? 0));
  return others.length === 0 ? known : [...known, others.reduce(sumUp)];
}

function sumUp(a: ThreadActivity, b: ThreadActivity): ThreadActivity {
  return {
    ...a,
    threadId: null,
    cpuPercent: a.cpuPercent + b.cpuPercent,
    waitPercent: a.waitPercent + b.waitPercent,
    wakeupsPerSecond: a.wakeupsPerSecond + b.wakeupsPerSecond,
  };
}
