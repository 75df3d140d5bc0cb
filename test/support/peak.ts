import { readFileSync } from "node:fs";
import { findChildren, readCommand } from "../../tools/sandbox/processes.ts";

/** Milliseconds between two looks: what the kernel keeps is the highest value, so that only a process's last moments are missed. */
const everyMs = 100;

/** Watches the Node.js processes below this one, which are providers where the program is a function of the test. */
export function watchProviders(): { end(): { readonly count: number; readonly bytes: number } } {
  const peaks = new Map<number, number>();
  const look = () => {
    for (const pid of descendantsOf(process.pid).filter((each) => readCommand(each) === "node"))
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

function descendantsOf(pid: number): number[] {
  return findChildren(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** The most memory that a process has had; 0 when it is gone. */
function highWaterOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
