import { findProcessesOf, readCommand } from "../../tools/sandbox/processes.ts";
import { addUser, readUid, removeUser } from "../../tools/sandbox/users.ts";
import { testName } from "./sandbox.ts";

/** A user of this machine for one test, with its own libvirt session and no other rights. */
export interface TestUser {
  readonly name: string;
  /** Ids of the user's processes of this program. */
  processes(program: string): readonly number[];
  /** Ends the user's processes and removes the user. */
  remove(): Promise<void>;
}

export async function makeTestUser(label: string, groups: readonly string[] = []): Promise<TestUser> {
  const name = testName(label);
  await addUser(name, groups);
  const uid = readUid(name);
  if (uid === null) throw new Error(`no user ${name} after useradd`);
  return {
    name,
    processes: (program) => findProcessesOf(uid).filter((pid) => readCommand(pid) === program),
    remove: () => removeUser(name),
  };
}
