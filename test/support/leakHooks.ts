import { beginLeakCheck, endLeakCheck } from "./leaks.ts";

let before: readonly string[] = [];

/**
 * Root hooks of the tiers virsh and host, after those of hooks.ts: a file fails when it leaves something behind. Files of
 * the engine tier share stacks and servers of their process.
 */
export const mochaHooks = {
  beforeAll(): void {
    before = beginLeakCheck();
  },
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(180_000);
    await endLeakCheck(before);
  },
};
