import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { failureOf } from "../support/domains.ts";
import { startFaultyHost } from "../support/faults.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { TestStack } from "../support/stack.ts";
import { makeStack } from "../support/stack.ts";

const frontEnds = { dynamic: makeStack, native: makeNativeStack };

for (const [frontEnd, make] of Object.entries(frontEnds))
  describe(`power cycles through the ${frontEnd} front end`, function () {
    this.timeout(300_000);
    let stack: TestStack;
    let args: Partial<virsh.DomainArgs>;
    /** Default: the sandbox's host. */
    let at: string | undefined;
    let name: string;
    let facts: () => Promise<{
      readonly start: number | null;
      readonly live: string;
      readonly state: string;
    }>;
    beforeEach(async () => {
      const { uri: host } = await sandbox();
      name = testName("restarts");
      const connection = connectionTo(host);
      facts = async () => {
        const { domain } = await readDomain(connection, name);
        if (!domain) throw new Error(`there is no domain ${name}`);
        return { start: domain.qemuStartTime, live: domain.liveXml ?? "", state: domain.state };
      };
      at = undefined;
      stack = await make(async () => {
        const guest = new virsh.Domain("g", {
          host: at ?? host,
          name,
          type: "qemu",
          memory: "32 MiB",
          running: true,
          whenRunning: "restart",
          shutdownTimeoutSeconds: 0,
          forceOff: true,
          ...args,
        });
        return { pending: guest.pendingRestart, inVain: guest.restartDidNotBring };
      });
    });
    // Without the engine, which takes ten times as long.
    afterEach(async () => {
      await stack.remove();
      await removeDomain(name);
    });
    // QEMU's emulated CPU has no AVX-512, so no restart gives it to the guest.
    const cpu = (feature: string) =>
      `<domain><cpu mode='custom' match='exact' check='none'><model>qemu64</model><feature policy='require' name='${feature}'/></cpu></domain>`;
    const changed = async () => (await stack.preview()).steps.filter(({ op }) => op !== "same");

    it("what a power cycle did not bring is told, remembered, and no reason for another one", async () => {
      args = {};
      await stack.up();
      const first = await facts();
      args = { xml: cpu("avx512f") };
      const tried = await stack.up();
      const second = await facts();
      expect(second.start).not.to.equal(first.start);
      const path = "cpu/feature[avx512f]/@policy";
      expect(tried.diagnostics.join("\n"), tried.output).to.contain(
        `${path} is defined, the guest was power-cycled for it`,
      );
      const { pending, inVain } = await stack.outputs();
      expect(pending).to.deep.equal([{ path, live: "disable", inactive: "require" }]);
      expect(inVain).to.deep.equal([{ path, inactive: "require" }]);

      expect(await changed()).to.deep.equal([]);
      await stack.refresh();
      const later = await stack.preview();
      expect(later.steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
      expect(later.diagnostics.join("\n"), later.output).to.contain(
        `${path} disable → require (next boot: a power cycle did not bring it)`,
      );
      await stack.up();
      expect((await facts()).start, "up with nothing new").to.equal(second.start);
      args = { xml: cpu("avx512f"), title: "another" };
      await stack.up();
      expect((await facts()).start, "up with another change").to.equal(second.start);
      expect((await stack.outputs()).inVain).to.deep.equal([{ path, inactive: "require" }]);

      // Another reason causes a power cycle, and so does another declaration.
      args = { xml: cpu("avx512f"), memory: "48 MiB" };
      await stack.up();
      const third = await facts();
      expect(third.start).not.to.equal(second.start);
      expect(third.live).to.contain("<memory unit='KiB'>49152</memory>");
      expect((await stack.outputs()).inVain).to.deep.equal([{ path, inactive: "require" }]);
      args = { xml: cpu("avx512bw"), memory: "48 MiB" };
      await stack.up();
      const fourth = await facts();
      expect(fourth.start).not.to.equal(third.start);
      await stack.up();
      expect((await facts()).start).to.equal(fourth.start);
    });

    it("one whose outcome is unknown is made once more at most", async () => {
      const faulty = await startFaultyHost();
      const starts = () => faulty.calls().filter((call) => / start /.test(call)).length;
      try {
        args = {};
        at = faulty.uri();
        await stack.up();
        const first = await facts();
        args = { xml: cpu("avx512f") };
        faulty.arm("cutAfter", " start ");
        expect((await failureOf(stack.up())).message).to.match(/lost|closed|broke/);
        expect([faulty.struck(), starts()]).to.deep.equal([true, 1]);
        expect((await facts()).start).not.to.equal(first.start);
        faulty.disarm();
        const again = await stack.up();
        expect(again.diagnostics.join("\n")).to.contain("is defined, the guest was power-cycled for it");
        expect(starts()).to.equal(1);
        for (const act of [stack.up, stack.refresh, stack.up]) await act();
        expect(starts()).to.equal(1);

        // A power cycle that took effect is not repeated.
        args = { xml: cpu("avx512f"), memory: "48 MiB" };
        faulty.arm("cutAfter", " start ");
        await failureOf(stack.up());
        expect(starts()).to.equal(1);
        faulty.disarm();
        await stack.up();
        expect(starts()).to.equal(0);
        expect((await facts()).live).to.contain("<memory unit='KiB'>49152</memory>");
        expect(await changed()).to.deep.equal([]);
      } finally {
        await faulty.remove();
      }
    });

    it("a guest with firmware that libvirt chose settles, and goes with its variables", async () => {
      args = { firmware: "efi", machine: "q35", memory: "64 MiB", undefineWith: ["nvram"] };
      await stack.up();
      const { start } = await facts();
      expect(await changed()).to.deep.equal([]);
      await stack.up();
      expect((await facts()).start).to.equal(start);
      await stack.destroy();
      const { uri } = await sandbox();
      expect((await readDomain(connectionTo(uri), name)).domain).to.equal(null);
    });

    it("a paused guest goes with forceOff", async () => {
      args = {};
      await stack.up();
      await mustRun(["virsh", "-c", "qemu:///system", "suspend", name]);
      expect((await facts()).state).to.equal("paused");
      await stack.destroy();
      const { uri } = await sandbox();
      expect((await readDomain(connectionTo(uri), name)).domain).to.equal(null);
    });
  });
