import { readFileSync } from "node:fs";
import { findDescendants, readCommand } from "../../tools/sandbox/processes.ts";

/**
 * Milliseconds between two looks. The kernel keeps the highest value, so we miss only a process's last
 * moments.
 */
const everyMs = 100;

/**
 * Watches the Node.js processes below this one. They are providers when the program is a function in the
 * test.
 */
export function watchProviders(): { end(): { readonly count: number; readonly bytes: number } } {
  const peaks = new Map<number, number>();
  const look = () => {
    for (const pid of findDescendants(process.pid).filter((each) => readCommand(each) === "node"))
      peaks.set(pid, Math.max(peaks.get(pid) ?? 0, highWaterOf(pid)));
  };
  const timer = setInterval(look, everyMs);
  return {
    end: () => {
      clearInterval(timer);
      return { count: peaks.size, bytes: Math.max(0, ...peaks.values()) };
    },
  };
}

/** Returns a process's peak memory; 0 when it has ended. */
function highWaterOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
