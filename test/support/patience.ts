import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/**
 * Returns how much slower than an idle machine this one may be now, by the load on each of its CPUs; at least
 * 1. Tests multiply time limits by it. On a quiet machine a limit of one second holds, and no test fails
 * because of other load.
 */
export function patience(): number {
  const [minute = "0", , , now = "0"] = readFileSync("/proc/loadavg", "utf8").split(" ");
  return Math.max(
    1,
    Number(minute) / availableParallelism(),
    Number.parseInt(now, 10) / availableParallelism(),
  );
}
