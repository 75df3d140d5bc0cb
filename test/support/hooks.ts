import { sweepFolders } from "./hosts.ts";
import { beginLeakCheck, endLeakCheck } from "./leaks.ts";
import { sandbox } from "./sandbox.ts";

let before: readonly string[] = [];

/**
 * Root hooks of the tiers that need the machine. mocha loads them with --require and runs them once for each file, which
 * fails when it leaves something behind.
 */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(1_800_000);
    await sandbox();
    await sweepFolders();
    before = beginLeakCheck();
  },
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(180_000);
    await endLeakCheck(before);
  },
};
