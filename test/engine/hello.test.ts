import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

describe("a guest over SSH, by the real engine", function () {
  this.timeout(300_000);

  it("comes up, stays empty, is changed live, shows drift, and goes", async () => {
    const { uri: host, imagesDir, domainType } = await sandbox();
    makeImage("hello.raw");
    const name = testName("hello");
    let cpuset = "0";
    let pollMaxNs = 16000;
    const stack = await makeStack(async () => {
      const db = new virsh.Domain("db", {
        host,
        name,
        type: domainType,
        running: true,
        autostart: true,
        memory: "256 MiB",
        vcpus: 2,
        machine: "q35",
        ioThreads: 2,
        xml: "<domain><description>primary</description></domain>",
        forceOff: true,
        shutdownTimeoutSeconds: 1,
      });
      const extra = new virsh.IoThread("extra", { host, domain: db.name, pollMaxNs });
      const pin = new virsh.IoThreadPin("extra", {
        host,
        domain: db.name,
        ioThread: extra.ioThreadId,
        cpuset,
      });
      new virsh.VirtioDisk("data", {
        host,
        domain: db.name,
        target: "vdb",
        source: { file: `${imagesDir}/hello.raw` },
        format: "raw",
        cache: "none",
        io: "native",
        ioThread: extra.ioThreadId,
      });
      new virsh.VirtioScsiController("scsi0", { host, domain: db.name, index: 0, ioThread: 2 });
      return {
        id: extra.ioThreadId,
        threadId: extra.threadId,
        poll: extra.pollMaxNs,
        cpusAllowed: pin.cpusAllowed,
        state: db.state,
        pending: db.pendingRestart,
      };
    });
    const connection = connectionTo(host);
    const facts = async () => (await readDomain(connection, name)).domain;
    try {
      await stack.up();
      const before = await facts();
      expect(await stack.outputs()).to.include({ id: 3, poll: 16000, cpusAllowed: "0", state: "running" });
      expect(before?.autostart).to.equal(true);
      expect(before?.liveXml)
        .to.contain("<description>primary</description>")
        .and.to.match(/io='native' iothread='3'/);
      expect(before?.inactiveXml).to.match(/<driver iothread='2'\/>/);

      const again = await stack.preview();
      expect(
        again.steps.filter((step) => step.op !== "same"),
        again.output,
      ).to.deep.equal([]);

      cpuset = "1";
      const planned = await stack.preview();
      expect(planned.steps.filter((step) => step.op !== "same").map((step) => step.op)).to.deep.equal([
        "update",
      ]);
      expect(planned.diagnostics.join("")).to.contain("cputune/iothreadpin[3]/@cpuset 0 → 1 (live)");
      await stack.up();
      const after = await facts();
      expect(after?.ioThreads.find((thread) => thread.id === 3)?.cpusAllowed).to.equal("1");
      expect([after?.qemuPid, after?.qemuStartTime]).to.deep.equal([before?.qemuPid, before?.qemuStartTime]);

      await connection.run([
        { argv: ["virsh", "-c", connection.virshUri, "iothreadpin", name, "3", "0", "--live"] },
      ]);
      const drift = await stack.preview();
      expect(drift.steps.filter((step) => step.op === "update")).to.have.length(1);
      await stack.refresh();
      const pinOf = async () =>
        (await stack.resources()).find((each) => each.type.endsWith(":IoThreadPin"))?.inputs;
      expect(await pinOf()).to.include({ cpuset: "0", ioThread: 3 });
      const repair = await stack.preview();
      expect(repair.steps.filter((step) => step.op === "update").map(({ changes }) => changes)).to.deep.equal(
        [["cpuset"]],
      );
      await stack.up();
      expect((await facts())?.ioThreads.find((thread) => thread.id === 3)?.cpusAllowed).to.equal("1");
      expect((await stack.preview()).steps.filter((step) => step.op !== "same")).to.deep.equal([]);

      // The preview knows the thread's id, so the resources that use it don't seem to change.
      pollMaxNs = 8000;
      const polled = await stack.preview();
      expect(polled.steps.filter((step) => step.op !== "same").map(({ op }) => op)).to.deep.equal(["update"]);
      expect(polled.diagnostics.join("")).to.contain("iothreadids/iothread[3]/poll/@max 16000 → 8000 (live");
      await stack.up();
      expect((await facts())?.ioThreads.find((thread) => thread.id === 3)?.pollMaxNs).to.equal(8000);
      const state = JSON.stringify(await stack.resources());
      expect(state).not.to.contain("PRIVATE KEY");
    } finally {
      await stack.destroy();
      await stack.remove();
    }
    expect(await facts()).to.equal(null);
  });
});
