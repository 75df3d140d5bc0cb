import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** A process that we started. Its start time distinguishes it from a later process with the same id. */
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

/** Ends exactly this process: SIGTERM, then SIGKILL after 5 seconds. Does nothing when it has ended. */
export async function endProcess(started: StartedProcess): Promise<void> {
  for (const [signal, tries] of [
    ["SIGTERM", 100],
    ["SIGKILL", 20],
  ] as const) {
    if (!isAlive(started) || !signalTo(started.pid, signal)) return;
    for (let attempt = 0; attempt < tries && isAlive(started); attempt += 1) await sleep(50);
  }
}

/** Returns false when the process has ended, which it may do at any moment after one saw it alive. */
export function signalTo(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** Returns `null` when the process does not exist or is a zombie. */
export function readStartTime(pid: number): number | null {
  const [state, ...rest] = readStat(pid);
  return state === undefined || state === "Z" ? null : Number(rest[18]);
}

/** Fields of /proc/PID/stat from the state on; empty when the process does not exist. */
function readStat(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}

/** Returns the ids of all processes below this one, by one look at the machine's. */
export function findDescendants(pid: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const each of listProcesses()) {
    const parent = Number(readStat(each)[1]);
    children.set(parent, [...(children.get(parent) ?? []), each]);
  }
  const below = (one: number): number[] =>
    (children.get(one) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

/** Returns the ids of this process's running children. */
export function findChildren(pid: number): readonly number[] {
  return findProcesses((status) => new RegExp(`^PPid:\\t${pid}$`, "m").test(status));
}

/** Returns the ids of a user's processes. */
export function findProcessesOf(uid: number): readonly number[] {
  return findProcesses((status) => new RegExp(`^Uid:\\t${uid}\\t`, "m").test(status));
}

/** Returns the first 15 characters of a process's program name; empty when the process has ended. */
export function readCommand(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

/** Ids of all processes of the machine. */
export function listProcesses(): readonly number[] {
  return readdirSync("/proc").map(Number).filter(Number.isInteger);
}

function findProcesses(fits: (status: string) => boolean): readonly number[] {
  return listProcesses().filter((pid) => {
    try {
      return fits(readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
      return false;
    }
  });
}

/** Repeats the question until the answer is true. @throws Error that names what we waited for */
export async function waitFor(what: string, timeoutMs: number, ask: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs / 1000} s`);
    await sleep(50);
  }
}
