import { readdirSync, readFileSync } from "node:fs";

/** CPU seconds of the processes in one run of the engine. */
export interface CpuSeconds {
  readonly engine: number;
  readonly program: number;
  readonly provider: number;
}

export type Role = keyof CpuSeconds;

interface Seen {
  readonly role: Role;
  readonly cpuSeconds: number;
  readonly peakMiB: number;
}

const ticksPerSecond = 100;
const everyMs = 25;

export interface Sample {
  readonly cpu: CpuSeconds;
  /** Peak resident memory of the provider's process; 0 when there was none. */
  readonly providerPeakMiB: number;
}

/** Watches a process and all its descendants until `stop`. Misses the last 25 ms of each process. */
export function watchProcesses(root: number): { stop(): Sample } {
  const seen = new Map<number, Seen>();
  const look = () => visit(root, seen);
  const timer = setInterval(look, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      const all = [...seen.values()];
      const of = (role: Role) =>
        all.filter((each) => each.role === role).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
      const peaks = all.filter(({ role }) => role === "provider").map(({ peakMiB }) => peakMiB);
      return {
        cpu: { engine: of("engine"), program: of("program"), provider: of("provider") },
        providerPeakMiB: Math.max(0, ...peaks),
      };
    },
  };
}

function visit(pid: number, seen: Map<number, Seen>): void {
  try {
    const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    const before = seen.get(pid);
    // A process that has ended has its final times, but no command line and no memory.
    const role = command === "" && before ? before.role : roleOf(command);
    const peakKiB = /^VmHWM:\s*(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    const peakMiB = Math.max(before?.peakMiB ?? 0, Number(peakKiB ?? 0) / 1024);
    seen.set(pid, { role, cpuSeconds: readCpuSeconds(pid), peakMiB });
    // The kernel lists a child under the thread that started it, and the engine has many threads.
    for (const task of readdirSync(`/proc/${pid}/task`)) visitChildren(`/proc/${pid}/task/${task}`, seen);
  } catch {
    // The process ended while we looked.
  }
}

function visitChildren(task: string, seen: Map<number, Seen>): void {
  try {
    const children = readFileSync(`${task}/children`, "utf8");
    for (const child of children.split(" ").filter((word) => word !== "")) visit(Number(child), seen);
  } catch {
    // Threads come and go. The children of one that ended are then listed under another.
  }
}

function roleOf(command: string): Role {
  if (/(dynamic-provider\/index|adapters\/native)\.js\0/.test(command)) return "provider";
  return /^node\0|\/node\0/.test(command) ? "program" : "engine";
}

/** Reads the user and system time of a process; with `withEnded`, also that of its ended children. */
export function readCpuSeconds(pid: number | "self", withEnded = false): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return (user + system + (withEnded ? endedUser + endedSystem : 0)) / ticksPerSecond;
}
