import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { testDomain } from "../support/domains.ts";
import { startFaultyHost } from "../support/faults.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

const frontEnds = [
  ["dynamic", makeStack],
  ["native", makeNativeStack],
] as const;

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
          ...{ host: host.uri(), name: testName(label), type, memory: "32 MiB", ioThreads: 1 },
          ...{ running: true, forceOff: true, shutdownTimeoutSeconds: 0 },
        });
        new virsh.IoThreadPin("pin", { host: host.uri(), domain: db.name, ioThread: 1, cpuset: "0" });
      });
      try {
        await stack.up();
        for (const fault of ["lie", "half", "noise"] as const)
          for (const act of [stack.refresh, stack.destroy]) {
            const before = (await stack.resources())
              .map(({ urn }) => urn)
              .toSorted((a, b) => a.localeCompare(b));
            host.arm(fault, ".", { always: true });
            const failure = await act().then(
              () => null,
              (error: unknown) => String(error),
            );
            expect(host.struck(), fault).to.equal(true);
            host.disarm();
            expect(failure, fault).to.contain("proves nothing").and.to.contain(guest.connection.host);
            const after = (await stack.resources())
              .map(({ urn }) => urn)
              .toSorted((a, b) => a.localeCompare(b));
            // A destroy leaves the end of a guest's parts to the end of the guest, of which it asks first.
            const kept = act === stack.destroy ? before.filter((urn) => urn.includes(":Domain::")) : before;
            expect(after, fault).to.include.members(kept);
            expect((await guest.facts()).state, fault).to.equal("running");
          }
        await stack.up();
        expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
      } finally {
        host.disarm();
        await stack.destroy();
        await stack.remove();
        await guest.remove();
        await host.remove();
      }
    });
  }
});
