import { findDescendants, signalTo } from "../../tools/sandbox/processes.ts";

/** Returns a process and all its descendants. */
export function treeOf(pid: number): readonly number[] {
  return [pid, ...findDescendants(pid)];
}

/** Kills processes. Leaves out those that have ended meanwhile, as children do when their parent is killed. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) signalTo(pid, "SIGKILL");
}
