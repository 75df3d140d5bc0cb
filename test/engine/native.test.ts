import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { makeNativeStack, readState } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { Outcome } from "../support/stack.ts";

const changed = ({ steps }: Outcome) => steps.filter((step) => step.op !== "same");

describe("a guest through the native plugin", function () {
  this.timeout(300_000);

  it("comes up, stays empty, shows each property, keeps secrets, and goes", async () => {
    const { uri: host, imagesDir, domainType } = await sandbox();
    makeImage("native.raw");
    const name = testName("native");
    let cpuset = "0";
    let cache: "none" | "directsync" = "none";
    let title: pulumi.Input<string> = pulumi.secret("hunter2");
    let xml = "<domain><description>primary</description></domain>";
    const stack = await makeNativeStack(async () => {
      const db = new virsh.Domain("db", {
        host,
        name,
        type: domainType,
        running: true,
        memory: "256 MiB",
        vcpus: 2,
        machine: "q35",
        ioThreads: 2,
        title,
        xml,
        forceOff: true,
        shutdownTimeoutSeconds: 1,
      });
      const extra = new virsh.IoThread("extra", { host, domain: db.name, pollMaxNs: 16000 });
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
        source: { file: `${imagesDir}/native.raw` },
        format: "raw",
        cache,
        io: "native",
        ioThread: extra.ioThreadId,
      });
      return { id: extra.ioThreadId, uuid: db.uuid, cpusAllowed: pin.cpusAllowed, title: db.title };
    });
    const connection = connectionTo(host);
    const facts = async () => (await readDomain(connection, name)).domain;
    try {
      const first = await stack.preview();
      expect(first.output, first.output).to.match(/uuid +: "[0-9a-f-]{36}"/);
      expect(first.output).to.match(/ id +: 3/);
      await stack.up();
      const outputs = await stack.outputs();
      const before = await facts();
      expect(outputs).to.include({ id: 3, cpusAllowed: "0", uuid: before?.uuid, title: "hunter2" });
      expect(first.output).to.contain(String(before?.uuid));
      expect(readState(stack)).to.contain(name).and.not.contain("hunter2").and.not.contain("__provider");
      expect(changed(await stack.preview())).to.deep.equal([]);

      cpuset = "1";
      cache = "directsync";
      const planned = await stack.preview();
      expect(
        changed(planned).map(({ op, changes }) => [op, changes]),
        planned.output,
      ).to.deep.include.members([
        ["update", ["cpuset"]],
        ["update", ["cache"]],
      ]);
      expect(planned.diagnostics.join(""), planned.output).to.contain(
        "cputune/iothreadpin[3]/@cpuset 0 → 1 (live)",
      );
      expect(planned.diagnostics.join("")).to.contain(
        "devices/disk[vdb]/driver/@cache none → directsync (next boot)",
      );
      await stack.up();
      expect((await facts())?.ioThreads.find((thread) => thread.id === 3)?.cpusAllowed).to.equal("1");
      expect(changed(await stack.preview())).to.deep.equal([]);

      title = pulumi.secret("changed3");
      xml = "<domain><description>secondary</description></domain>";
      const texts = await stack.preview();
      expect(changed(texts).map(({ changes }) => changes)).to.deep.equal([["title", 'xml["description"]']]);
      expect(texts.output).to.not.contain("changed3").and.not.contain("hunter2");
      await stack.up();
      expect((await facts())?.liveXml)
        .to.contain("changed3")
        .and.contain("secondary");

      await connection.run([
        { argv: ["virsh", "-c", connection.virshUri, "iothreadpin", name, "3", "0", "--live"] },
      ]);
      const drift = await stack.preview();
      expect(changed(drift).map(({ op, changes }) => [op, changes])).to.deep.equal([["update", ["cpuset"]]]);
      const refreshed = await stack.refresh();
      expect(refreshed.output).to.not.contain("changed3");
      const state = await stack.resources();
      expect(state.find((each) => each.type === "virsh:index:IoThreadPin")?.inputs).to.include({
        cpuset: "0",
      });
      expect(readState(stack)).to.contain(name).and.not.contain("changed3");
      await stack.up();
      expect((await facts())?.ioThreads.find((thread) => thread.id === 3)?.cpusAllowed).to.equal("1");
      expect((await facts())?.qemuPid).to.equal(before?.qemuPid);
      expect(changed(await stack.preview())).to.deep.equal([]);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
    expect(await facts()).to.equal(null);
  });

  it("tells in a preview what a change makes of the outputs, so that dependants stay known", async () => {
    const { uri: host, imagesDir, domainType } = await sandbox();
    makeImage("native-known.raw");
    const name = testName("known");
    let cache: "none" | "directsync" = "none";
    let pollMaxNs = 8000;
    const stack = await makeNativeStack(async () => {
      const off = { forceOff: true, shutdownTimeoutSeconds: 1 };
      const guest = new virsh.Domain("guest", {
        host,
        name,
        type: domainType,
        running: true,
        memory: "64 MiB",
        ioThreads: [{ id: 1 }, { id: 2, pollMaxNs }],
        disks: [{ target: "vda", source: { file: `${imagesDir}/native-known.raw` }, format: "raw", cache }],
        ...off,
      });
      new virsh.Domain("other", {
        host,
        name: `${name}-other`,
        memory: "64 MiB",
        title: pulumi.interpolate`${guest.uuid} ${guest.state}`,
        description: guest.pendingRestart.apply((waiting) => waiting.map(({ path }) => path).join(" ")),
      });
    });
    try {
      await stack.up();
      expect(changed(await stack.preview())).to.deep.equal([]);
      pollMaxNs = 4000;
      const polled = await stack.preview();
      expect(changed(polled).map(({ changes, kinds }) => [changes, kinds])).to.deep.equal([
        [["ioThreads[1].pollMaxNs"], ["update"]],
      ]);
      cache = "directsync";
      const planned = await stack.preview();
      expect(changed(planned).map(({ changes }) => changes)).to.deep.equal([
        ["disks[0].cache", "ioThreads[1].pollMaxNs"],
        ["description"],
      ]);
      expect(planned.output).to.contain("devices/disk[vda]/driver/@cache");
      expect(planned.output).to.not.match(/\[unknown\]|output<string>/);
      await stack.up();
      expect(changed(await stack.preview())).to.deep.equal([]);
      const connection = connectionTo(host);
      await connection.run([
        { argv: ["virsh", "-c", connection.virshUri, "iothreadset", name, "2", "--poll-max-ns", "9000"] },
      ]);
      expect(changed(await stack.preview()).map(({ changes, kinds }) => [changes, kinds])).to.deep.equal([
        [["ioThreads[1].pollMaxNs"], ["update on the host"]],
      ]);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
  });
});
