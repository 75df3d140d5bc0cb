import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
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
      stack = await make(async () => {
        const guest = new virsh.Domain("g", {
          host,
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
    afterEach(async () => {
      await stack.destroy();
      await stack.remove();
    });
    const changed = async () => (await stack.preview()).steps.filter(({ op }) => op !== "same");

    it("what a power cycle did not bring is told, remembered, and no reason for another one", async () => {
      // QEMU's emulated CPU has no AVX-512: the guest runs without it, however often it is started.
      const cpu = (feature: string) =>
        `<domain><cpu mode='custom' match='exact' check='none'><model>qemu64</model><feature policy='require' name='${feature}'/></cpu></domain>`;
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

      // Another reason counts, and so does another declaration.
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

    it("a guest with firmware that libvirt chose settles, and goes with its variables", async () => {
      args = { firmware: "efi", machine: "q35", memory: "64 MiB", undefineWith: ["nvram"] };
      await stack.up();
      const { start } = await facts();
      expect(await changed()).to.deep.equal([]);
      await stack.up();
      expect((await facts()).start).to.equal(start);
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
