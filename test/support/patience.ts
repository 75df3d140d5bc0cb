import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

/**
 * How much slower than idle this machine may be now, by what wants to run on each of its CPUs; at least 1. Limits
 * that a test asserts are multiplied by it: a promise of a second is held to on a quiet machine, and no test fails
 * because of what others do.
 */
export function patience(): number {
  const [minute = "0", , , now = "0"] = readFileSync("/proc/loadavg", "utf8").split(" ");
  return Math.max(
    1,
    Number(minute) / availableParallelism(),
    Number.parseInt(now, 10) / availableParallelism(),
  );
}
