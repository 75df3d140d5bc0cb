import { readFileSync } from "node:fs";
import { describeProcess, endProcess, findProcessesOf, readStartTime } from "./processes.ts";
import { mustRun, run } from "./run.ts";

/** Makes a user of this machine who may log in by key, in the groups given; one that is there stays as it is. */
export async function addUser(name: string, groups: readonly string[]): Promise<void> {
  if ((await run(["id", name])).exitCode === 0) return;
  // "*" is no password, but unlike the "!" of a new user it does not lock the account for sshd.
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

/** Ends the user's own processes, then removes the user with home; one that is not there is fine. */
export async function removeUser(name: string): Promise<void> {
  const uid = readUid(name);
  if (uid === null) return;
  for (const pid of findProcessesOf(uid)) {
    if (readStartTime(pid) === null) continue;
    process.kill(pid, "SIGCONT");
    await endProcess(describeProcess(pid, name));
  }
  await run(["userdel", "-r", name]);
}

/** Removes users that tests left behind: `tv-PID-…` whose process PID is no more. Returns their names. */
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
