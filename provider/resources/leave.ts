import { afterEngine } from "../engine.ts";

let isWatched = false;

/**
 * Ends the program when its engine was killed. Otherwise the SDK (3.250.0) loops over messages that it can't send,
 * which takes a sixth of a CPU and 3 MB more every second, and the reader keeps its SSH sessions open.
 */
export function leaveAfterEngine(): void {
  if (isWatched) return;
  isWatched = true;
  const engine = process.env.PULUMI_NODEJS_ENGINE;
  if (engine) afterEngine(engine, () => process.exit(1));
}
