import { readFileSync } from "node:fs";
import { endProcess, findProcessesOf, readStartTime, signalTo } from "./processes.ts";
import { mustRun, run } from "./run.ts";

/**
 * Creates a user of this machine who may log in by key, in the given groups. An existing user stays
 * unchanged.
 */
export async function addUser(name: string, groups: readonly string[]): Promise<void> {
  if ((await run(["id", name])).exitCode === 0) return;
  // "*" is not a valid password, but unlike a new user's "!" it does not lock the account for sshd.
  await mustRun([
    "useradd",
    "-m",
    "-s",
    "/bin/sh",
    "-p",
    "*",
    ...(groups.length > 0 ? ["-G", groups.join(",")] : []),
    name,
  ]);
}

/**
 * Ends the user's processes, then removes the user and its home. Does nothing when the user does not exist.
 */
export async function removeUser(name: string): Promise<void> {
  const uid = readUid(name);
  if (uid === null) return;
  // A daemon that ends may start another, so repeat until no process is left.
  for (let round = 0; round < 5; round++) {
    const alive = findProcessesOf(uid).filter((pid) => readStartTime(pid) !== null);
    if (alive.length === 0) break;
    for (const pid of alive) await endUserProcess(pid, name);
  }
  // userdel complains about a missing mail folder; ignore that.
  await run(["userdel", "-r", name]);
  if (readUid(name) !== null) throw new Error(`user ${name} can't be removed: see userdel -r ${name}`);
}

/** Also ends a stopped process, which does not react to SIGTERM. Does nothing when the process has ended. */
async function endUserProcess(pid: number, user: string): Promise<void> {
  const startTime = readStartTime(pid);
  if (startTime === null) return;
  signalTo(pid, "SIGCONT");
  await endProcess({ pid, program: user, startTime });
}

/**
 * Removes users that tests left behind: those named `tv-PID-…` whose process PID has ended. Returns their
 * names.
 */
export async function sweepTestUsers(): Promise<readonly string[]> {
  const names = readFileSync("/etc/passwd", "utf8").matchAll(/^(tv-(\d+)-[^:]*):/gm);
  const left = [...names].filter(([, , pid]) => readStartTime(Number(pid)) === null);
  for (const [, name = ""] of left) await removeUser(name);
  return left.map(([, name = ""]) => name);
}

export function readUid(name: string): number | null {
  const uid = new RegExp(`^${name}:[^:]*:(\\d+):`, "m").exec(readFileSync("/etc/passwd", "utf8"))?.[1];
  return uid === undefined ? null : Number(uid);
}
