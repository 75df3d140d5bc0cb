import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { startFaultyHost } from "../support/faults.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { TestStack } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";

const frontEnds = [
  ["dynamic", makeStack],
  ["native", makeNativeStack],
] as const;

const urnsOf = async (stack: TestStack) =>
  (await stack.resources()).map(({ urn }) => urn).toSorted((a, b) => a.localeCompare(b));

describe("answers that prove nothing", function () {
  this.timeout(600_000);
  for (const [frontEnd, make] of frontEnds) {
    it(`${frontEnd}: neither refresh nor destroy loses a guest by them`, async () => {
      const { domainType: type } = await sandbox();
      const host = await startFaultyHost();
      const label = `empty-${frontEnd}`;
      const guest = await testDomain(label, host.uri());
      const stack = await make(async () => {
        const db = new virsh.Domain("db", {
          ...{ host: host.uri(), name: testName(label), type, memory: "32 MiB" },
          ...{ running: true, forceOff: true, shutdownTimeoutSeconds: 0 },
        });
        const part = { host: host.uri(), domain: db.name };
        const thread = new virsh.IoThread("thread", { ...part, ioThreadId: 1 });
        new virsh.IoThreadPin("pin", { ...part, ioThread: thread.ioThreadId, cpuset: "0" });
      });
      try {
        await stack.up();
        const before = await guest.facts();
        for (const fault of ["lie", "half", "noise"] as const)
          for (const act of [stack.refresh, stack.destroy]) {
            const state = await urnsOf(stack);
            host.arm(fault, ".", { always: true });
            const failure = await failureOf(act());
            expect(host.struck(), fault).to.equal(true);
            host.disarm();
            expect(failure.message, fault).to.contain("proves nothing").and.contain(guest.connection.host);
            // In a destroy the engine does not ask us to delete a guest's parts. It drops them before it
            // deletes the guest.
            const isPart = (urn: string) => /:IoThread(?:Pin)?::/.test(urn);
            const kept = act === stack.destroy ? state.filter((urn) => !isPart(urn)) : state;
            expect(await urnsOf(stack), fault).to.deep.equal(kept);
            expect(await guest.facts(), fault).to.deep.equal(before);
            if (act === stack.refresh) continue;
            const planned = (await stack.preview()).steps.filter(({ op }) => op !== "same");
            expect(planned.map(({ op, urn }) => [op, isPart(urn)])).to.deep.equal([
              ["create", true],
              ["create", true],
            ]);
            const done = await stack.up();
            expect(done.diagnostics.join("\n")).to.contain("is there already and is taken over");
            expect(await urnsOf(stack), fault).to.deep.equal(state);
            expect(await guest.facts(), fault).to.deep.equal(before);
          }
        expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
        await stack.destroy();
        await failureOf(guest.facts());
      } finally {
        host.disarm();
        await stack.remove();
        await guest.remove();
        await host.remove();
      }
    });
  }
});
