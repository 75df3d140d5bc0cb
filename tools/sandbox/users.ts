import { mustRun, run } from "./run.ts";

/** Makes a user of this machine who may log in by key, in the groups given; one that is there stays as it is. */
export async function addUser(name: string, groups: readonly string[]): Promise<void> {
  if ((await run(["id", name])).exitCode === 0) return;
  // "*" is no password, but unlike the "!" of a new user it does not lock the account for sshd.
  await mustRun(["useradd", "-m", "-s", "/bin/sh", "-p", "*", "-G", groups.join(","), name]);
}

export async function removeUser(name: string): Promise<void> {
  await run(["userdel", "-r", name]);
}
