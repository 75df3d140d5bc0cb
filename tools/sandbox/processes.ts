import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that was started here. The start time tells it from a later one with the same id. */
export interface StartedProcess {
  readonly pid: number;
  readonly program: string;
  /** Field 22 of /proc/PID/stat: clock ticks since boot. */
  readonly startTime: number;
}

export function describeProcess(pid: number, program: string): StartedProcess {
  const startTime = readStartTime(pid);
  if (startTime === null) throw new Error(`${program} (process ${pid}) ended right after its start`);
  return { pid, program, startTime };
}

export function isAlive(started: StartedProcess): boolean {
  return readStartTime(started.pid) === started.startTime;
}

/** Ends exactly this process: SIGTERM, SIGKILL after 5 seconds. Does nothing when it is gone. */
export async function endProcess(started: StartedProcess): Promise<void> {
  for (const [signal, tries] of [
    ["SIGTERM", 100],
    ["SIGKILL", 20],
  ] as const) {
    if (!isAlive(started)) return;
    process.kill(started.pid, signal);
    for (let attempt = 0; attempt < tries && isAlive(started); attempt += 1) await sleep(50);
  }
}

/** Null when there is no such process, or only its zombie. */
export function readStartTime(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : Number(fields[19]);
  } catch {
    return null;
  }
}

/** Ids of the processes that this one started and that still run. */
export function findChildren(pid: number): readonly number[] {
  return findProcesses((status) => new RegExp(`^PPid:\\t${pid}$`, "m").test(status));
}

/** Ids of the processes of a user. */
export function findProcessesOf(uid: number): readonly number[] {
  return findProcesses((status) => new RegExp(`^Uid:\\t${uid}\\t`, "m").test(status));
}

/** Name of the program that a process runs, its first 15 characters; empty when it is gone. */
export function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

function findProcesses(fits: (status: string) => boolean): readonly number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => {
    try {
      return fits(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  });
}

/** Asks until the answer is true. @throws Error naming what was waited for */
export async function waitFor(what: string, timeoutMs: number, ask: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await sleep(50);
  }
}
