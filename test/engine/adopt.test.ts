import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

const fronts = [
  { frontEnd: "dynamic resources", make: makeStack },
  { frontEnd: "the plugin", make: makeNativeStack },
];

describe("domains that are there already, and ones that fail", function () {
  this.timeout(300_000);

  it("takes a running guest over as it is, and changes only what differs", async () => {
    const { uri: host, domainType } = await sandbox();
    const name = testName("adopt");
    const connection = connectionTo(host);
    const call = (args: string[], stdin?: string) => ({
      argv: ["virsh", "-c", connection.virshUri, ...args],
      ...(stdin === undefined ? {} : { stdin }),
    });
    const xml = `<domain type='${domainType}'><name>${name}</name><memory>65536</memory><iothreads>1</iothreads><os><type>hvm</type></os></domain>`;
    await connection.run([call(["define", "/dev/stdin"], xml), call(["start", name])]);
    const facts = async () => (await readDomain(connection, name)).domain;
    const before = await facts();
    const stack = await makeStack(async () => {
      const db = new virsh.Domain("db", {
        host,
        name,
        memory: "64 MiB",
        ioThreads: 1,
        forceOff: true,
        shutdownTimeoutSeconds: 1,
      });
      const pin = new virsh.IoThreadPin("pin", { host, domain: db.name, ioThread: 1, cpuset: "1" });
      return { uuid: db.uuid, cpusAllowed: pin.cpusAllowed };
    });
    try {
      await stack.up();
      const after = await facts();
      expect(await stack.outputs()).to.include({ uuid: before?.uuid, cpusAllowed: "1" });
      expect([after?.qemuPid, after?.qemuStartTime]).to.deep.equal([before?.qemuPid, before?.qemuStartTime]);
      expect(
        after?.inactiveXml
          .replace(/<cputune>[\s\S]*<\/cputune>\n\s*/, "")
          .replace(/<iothreadids>[\s\S]*<\/iothreadids>\n\s*/, ""),
      ).to.equal(before?.inactiveXml);
      expect((await stack.preview()).steps.filter((step) => step.op !== "same")).to.deep.equal([]);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
    expect(await facts()).to.equal(null);
  });

  for (const { frontEnd, make } of fronts)
    it(`leaves a guest alone whose resource the program calls otherwise now, through ${frontEnd}`, async () => {
      const { uri: host, domainType } = await sandbox();
      const name = testName("called");
      let resource = "before";
      const stack = await make(async () => {
        const off = { forceOff: true, shutdownTimeoutSeconds: 1 };
        const args = { host, name, type: domainType, memory: "64 MiB", running: true, ioThreads: 1, ...off };
        const db = new virsh.Domain(resource, args);
        new virsh.IoThreadPin(resource, { host, domain: db.name, ioThread: 1, cpuset: "1" });
      });
      const facts = async () => (await readDomain(connectionTo(host), name)).domain;
      try {
        await stack.up();
        const before = await facts();
        resource = "after";
        const moved = await stack.up();
        const told = moved.diagnostics.join("");
        expect(told, moved.output).to.contain("is taken over").and.contain("has it now");
        const after = await facts();
        expect([after?.qemuPid, after?.liveXml]).to.deep.equal([before?.qemuPid, before?.liveXml]);
        expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
      } finally {
        await stack.destroy();
        await stack.remove();
      }
      expect(await facts()).to.equal(null);
    });

  for (const { frontEnd, make } of fronts)
    it(`knows what an update did half-way, so that the next one can take it back, through ${frontEnd}`, async () => {
      const { uri: host, domainType: type } = await sandbox();
      const name = testName("half-update");
      const off = { forceOff: true, shutdownTimeoutSeconds: 1 };
      let change: Partial<virsh.DomainArgs> = {};
      const stack = await make(async () => {
        new virsh.Domain("db", { host, name, type, memory: "64 MiB", ...off, ...change });
      });
      const facts = async () => (await readDomain(connectionTo(host), name)).domain;
      try {
        await stack.up();
        const disk =
          "<disk type='volume'><source pool='nowhere' volume='x'/><target dev='vda' bus='virtio'/></disk>";
        change = { running: true, xml: `<domain><devices>${disk}</devices></domain>` };
        const failed = await stack.up().then(
          () => "",
          (error: unknown) => String(error),
        );
        expect(failed).to.contain("can't start");
        expect((await facts())?.inactiveXml).to.contain("nowhere");
        change = { running: true };
        await stack.up();
        expect((await facts())?.state).to.equal("running");
        expect((await facts())?.inactiveXml).to.not.contain("nowhere");
        expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
      } finally {
        await stack.destroy();
        await stack.remove();
      }
      expect(await facts()).to.equal(null);
    });

  it("keeps a domain in the state that was defined and then did not start", async () => {
    const { uri: host, domainType } = await sandbox();
    const name = testName("nostart");
    const stack = await makeStack(async () => {
      new virsh.Domain("db", {
        host,
        name,
        type: domainType,
        running: true,
        memory: "64 MiB",
        xml: "<domain><devices><disk type='volume'><source pool='nowhere' volume='x'/><target dev='vda' bus='virtio'/></disk></devices></domain>",
      });
    });
    try {
      const failed = await stack.up().then(
        () => "",
        (error: unknown) => String(error),
      );
      expect(failed, failed).to.contain("can't start");
      const [kept] = (await stack.resources()).filter((each) => each.type.endsWith(":Domain"));
      expect(kept?.initErrors).to.have.length(1);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
    expect((await readDomain(connectionTo(host), name)).domain).to.equal(null);
  });
});
