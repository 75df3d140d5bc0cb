import { run } from "../../tools/sandbox/run.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { sweepFolders } from "./hosts.ts";
import { sandbox, testName } from "./sandbox.ts";

/** Root hooks of the tiers that need the machine. mocha loads them with --require. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(1_800_000);
    await sandbox();
    await sweepFolders();
  },
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(180_000);
    const listed = await run(["virsh", "-q", "-c", "qemu:///system", "list", "--all", "--name"]);
    const own = listed.stdout.split("\n").filter((name) => name.startsWith(testName("")));
    for (const name of own) await removeDomain(name);
  },
};
