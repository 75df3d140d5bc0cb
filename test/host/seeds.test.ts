import { expect } from "chai";
import { makeImage } from "../../tools/sandbox/images.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import { sandbox } from "../support/sandbox.ts";

/** openEuler's guide to IO threads, declared in each way, for a guest that is off and one that runs. */
describe("IO threads as the guides configure them", function () {
  this.timeout(120_000);
  let box: Sandbox;
  let guest: TestDomain;
  let cpuset: string;
  beforeEach(async function () {
    box = await sandbox();
    makeImage("seeds.raw");
    cpuset = box.cpus.map(String).join(",");
    guest = await testDomain(`seed${this.currentTest?.title.length}`);
  });
  afterEach(() => guest.remove());

  const disk = () => ({
    target: "vdb",
    source: { file: `${box.imagesDir}/seeds.raw` },
    format: "raw",
    cache: "none",
    io: "native",
    ioThread: 2,
  });
  const xml = () => `<domain type='${box.domainType}'><name>${guest.name}</name><memory unit='MiB'>32</memory>
    <iothreads>4</iothreads>
    <cputune><iothreadpin iothread='1' cpuset='${cpuset}'/><iothreadpin iothread='2' cpuset='0'/></cputune>
    <os><type machine='q35'>hvm</type></os>
    <devices>
      <disk type='file' device='disk'><driver name='qemu' type='raw' cache='none' io='native' iothread='2'/>
        <source file='${box.imagesDir}/seeds.raw'/><target dev='vdb' bus='virtio'/></disk>
      <controller type='scsi' index='0' model='virtio-scsi'><driver iothread='3'/></controller>
    </devices></domain>`;

  /** Checks the definition and, for a running guest, the live XML and the kernel. */
  async function check(isRunning: boolean): Promise<void> {
    const facts = await guest.facts();
    const sides = isRunning ? [facts.inactiveXml, facts.liveXml ?? ""] : [facts.inactiveXml];
    for (const side of sides) {
      expect(side).to.contain("<iothreads>4</iothreads>");
      expect(side).to.contain("<driver name='qemu' type='raw' cache='none' io='native' iothread='2'/>");
      expect(side).to.match(
        /<controller type='scsi' index='0' model='virtio-scsi'>\s*<driver iothread='3'\/>/,
      );
      expect(side).to.contain("<iothreadpin iothread='2' cpuset='0'/>");
      expect(side).to.match(/<iothreadpin iothread='1' cpuset='[-,0-9]+'\/>/);
    }
    expect(facts.liveXml !== null).to.equal(isRunning);
    if (isRunning) {
      expect(facts.ioThreads.map(({ id }) => id)).to.deep.equal([1, 2, 3, 4]);
      expect(facts.ioThreads[1]?.cpusAllowed).to.equal("0");
    }
  }

  it("as one typed domain", async () => {
    const args = {
      type: box.domainType,
      memory: "32 MiB",
      machine: "q35",
      ioThreads: 4,
      cpuTune: {
        ioThreadPins: [
          { ioThread: 1, cpuset },
          { ioThread: 2, cpuset: "0" },
        ],
      },
      disks: [disk()],
      controllers: [{ type: "scsi", index: 0, model: "virtio-scsi", ioThread: 3 }],
    };
    await guest.create("Domain", args);
    await check(false);
    await guest.update("Domain", args, { ...args, running: true });
    await check(true);
  });

  it("as a whole domain in xml, as people have it in files", async () => {
    const args = { name: undefined, xml: xml() };
    const made = await guest.create("Domain", args);
    expect(made.uuid).to.match(/^[0-9a-f-]{36}$/);
    await check(false);
    await guest.update("Domain", args, { ...args, running: true });
    await check(true);
  });

  it("added to a running guest, resource by resource", async () => {
    await guest.create("Domain", {
      type: box.domainType,
      memory: "32 MiB",
      machine: "q35",
      ioThreads: 2,
      running: true,
    });
    const { qemuPid } = await guest.facts();
    const third = await guest.create("IoThread", {});
    await guest.create("IoThread", {});
    expect(third.ioThreadId).to.equal(3);
    await guest.create("IoThreadPin", { ioThread: 1, cpuset });
    const pin = await guest.create("IoThreadPin", { ioThread: 2, cpuset: "0" });
    expect(pin.cpusAllowed).to.equal("0");
    await guest.create("VirtioDisk", disk());
    await guest.create("VirtioScsiController", { index: 0, ioThread: 3 });
    await check(true);
    expect((await guest.facts()).qemuPid).to.equal(qemuPid);
  });

  it("added to a running guest by its xml", async () => {
    const bare = { type: box.domainType, memory: "32 MiB", machine: "q35", running: true };
    await guest.create("Domain", bare);
    const { qemuPid } = await guest.facts();
    await guest.update("Domain", bare, { name: undefined, xml: xml(), running: true });
    await check(true);
    expect((await guest.facts()).qemuPid).to.equal(qemuPid);
  });
});
