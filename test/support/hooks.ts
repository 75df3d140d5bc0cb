import { sweepFolders } from "./hosts.ts";
import { sandbox } from "./sandbox.ts";

/** Root hooks of the tiers that need the machine. mocha loads them with --require and runs them once for each file. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(1_800_000);
    await sandbox();
    await sweepFolders();
  },
};
