import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { Outcome } from "../support/stack.ts";

const changed = ({ steps }: Outcome) => steps.filter((step) => step.op !== "same");

describe("the native plugin when it can't, may not, or must replace", function () {
  this.timeout(300_000);

  it("keeps what was made half-way, and the next up goes on", async () => {
    const { uri: host, domainType } = await sandbox();
    const name = testName("half");
    let xml =
      "<domain><devices><disk type='volume'><source pool='nowhere' volume='x'/><target dev='vda' bus='virtio'/></disk></devices></domain>";
    const stack = await makeNativeStack(async () => {
      new virsh.Domain("db", {
        host,
        name,
        type: domainType,
        running: true,
        memory: "64 MiB",
        xml,
        forceOff: true,
        shutdownTimeoutSeconds: 1,
      });
    });
    const facts = async () => (await readDomain(connectionTo(host), name)).domain;
    try {
      const failed = await stack.up().then(
        () => "",
        (error: unknown) => String(error),
      );
      expect(failed).to.contain("can't start");
      const [kept] = (await stack.resources()).filter((each) => each.type === "virsh:index:Domain");
      expect(kept?.initErrors).to.have.length(1);
      expect(kept?.inputs).to.include({ xml, memory: "64 MiB" });
      const made = await facts();
      expect(made?.state).to.equal("shut off");
      xml = "<domain/>";
      await stack.up();
      expect([(await facts())?.state, (await facts())?.uuid]).to.deep.equal(["running", made?.uuid]);
      expect((await facts())?.inactiveXml).to.not.contain("nowhere");
      expect(changed(await stack.preview())).to.deep.equal([]);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
    expect(await facts()).to.equal(null);
  });

  it("leaves ignored arguments alone, and replaces only what a new name makes another", async () => {
    const { uri: host } = await sandbox();
    let name = testName("ignored");
    let shares = 100;
    let title = "one";
    const stack = await makeNativeStack(async () => {
      const db = new virsh.Domain(
        "db",
        { host, name, memory: "64 MiB", title, ioThreads: 1, cpuTune: { shares } },
        { ignoreChanges: ["cpuTune.shares"] },
      );
      new virsh.IoThreadPin("pin", { host, domain: db.name, ioThread: 1, cpuset: "0" });
    });
    const facts = async () => (await readDomain(connectionTo(host), name)).domain;
    try {
      await stack.up();
      const before = await facts();
      const connection = connectionTo(host);
      await connection.run([
        {
          argv: ["virsh", "-c", connection.virshUri, "schedinfo", name, "cpu_shares=222", "--config"],
        },
      ]);
      expect((await facts())?.inactiveXml).to.contain("<shares>222</shares>");
      expect(changed(await stack.preview())).to.deep.equal([]);
      shares = 300;
      title = "two";
      expect(changed(await stack.preview()).map(({ changes }) => changes)).to.deep.equal([["title"]]);
      await stack.up();
      expect((await facts())?.inactiveXml)
        .to.contain("<shares>222</shares>")
        .and.contain("<title>two</title>");
      expect((await facts())?.uuid).to.equal(before?.uuid);

      name = testName("renamed");
      const planned = await stack.preview();
      const replaced = planned.steps.filter(({ op }) => op === "replace");
      const told = replaced.map(({ changes, kinds }) => `${changes}: ${kinds}`);
      expect(told, planned.output).to.include.members(["name: update-replace", "domain: update-replace"]);
      await stack.up();
      expect((await facts())?.inactiveXml).to.contain("<title>two</title>");
      expect((await readDomain(connection, testName("ignored"))).domain).to.equal(null);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
    expect(await facts()).to.equal(null);
  });
});
