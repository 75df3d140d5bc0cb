import { expect } from "chai";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import { sandbox } from "../support/sandbox.ts";

const currentIn = (xml: string | null) => /<currentMemory unit='KiB'>(\d+)</.exec(xml ?? "")?.[1];
const macsIn = (xml: string | null) => (xml ?? "").match(/(?<=<mac address=')[^']*/g) ?? [];

describe("what is defined with what is declared", function () {
  this.timeout(180_000);
  let box: Sandbox;
  let guest: TestDomain;
  let base: Record<string, unknown>;
  before(async () => {
    box = await sandbox();
  });
  beforeEach(async () => {
    guest = await testDomain("alongside");
    base = { type: box.domainType, memory: "32 MiB" };
  });
  afterEach(() => guest.remove());

  it("a guest gets the memory that it is given, more or less, where nobody says how much of it", async () => {
    const running = {
      ...base,
      running: true,
      whenRunning: "restart",
      shutdownTimeoutSeconds: 0,
      forceOff: true,
    };
    await guest.create("Domain", running);
    for (const [memory, kib] of [
      ["48 MiB", "49152"],
      ["24 MiB", "24576"],
    ]) {
      await guest.update("Domain", { ...running, memory: "32 MiB" }, { ...running, memory });
      const { inactiveXml, liveXml } = await guest.facts();
      expect([currentIn(inactiveXml), currentIn(liveXml)]).to.deep.equal([kib, kib]);
      expect((await guest.preview("Domain", { ...running, memory })).lines).to.deep.equal([]);
    }
  });

  it("also where NUMA cells make it", async () => {
    const cells = (mib: number) => ({
      type: box.domainType,
      vcpus: 1,
      xml: `<domain><cpu><numa><cell cpus='0' memory='${mib}' unit='MiB'/></numa></cpu></domain>`,
    });
    await guest.create("Domain", { ...cells(32), memory: "32 MiB" });
    await guest.update("Domain", { ...cells(32), memory: "32 MiB" }, { ...cells(48), memory: "48 MiB" });
    expect(currentIn((await guest.facts()).inactiveXml)).to.equal("49152");
    await guest.update("Domain", cells(48), cells(64));
    expect((await guest.facts()).inactiveXml)
      .to.contain("<memory unit='KiB'>65536<")
      .and.to.contain("<currentMemory unit='KiB'>65536<");
  });

  it("what is declared of it, or was set by hand, stays", async () => {
    await guest.create("Domain", { ...base, currentMemory: "24 MiB" });
    const more = { ...base, memory: "48 MiB" };
    await guest.update("Domain", { ...base, currentMemory: "24 MiB" }, { ...more, currentMemory: "24 MiB" });
    expect(currentIn((await guest.facts()).inactiveXml)).to.equal("24576");
    // Nothing declares the current memory any more. It was less than the whole memory before, so it stays.
    await guest.update("Domain", more, { ...more, memory: "64 MiB" });
    expect(currentIn((await guest.facts()).inactiveXml)).to.equal("24576");
  });

  const nic = "<interface type='user'><model type='virtio'/></interface>";
  const withNics = (count: number) => ({
    ...base,
    running: true,
    xml: `<domain><devices>${nic.repeat(count)}</devices></domain>`,
  });

  it("an interface without a MAC address gets one for both sides, which the preview tells", async () => {
    await guest.create("Domain", withNics(1));
    const [first] = macsIn((await guest.facts()).inactiveXml);
    const told = await guest.preview("Domain", withNics(1), withNics(3));
    await guest.update("Domain", withNics(1), withNics(3));
    const { inactiveXml, liveXml } = await guest.facts();
    const macs = macsIn(inactiveXml);
    expect(new Set(macs).size, macs.join()).to.equal(3);
    expect(macsIn(liveXml)).to.have.members(macs);
    expect(macs[0]).to.equal(first);
    for (const mac of macs.slice(1)) expect(told.lines.join("\n")).to.contain(mac);
    expect((await guest.preview("Domain", withNics(3))).lines).to.deep.equal([]);
    await guest.virsh("destroy");
    await guest.virsh("start");
    expect(macsIn((await guest.facts()).liveXml)).to.have.members(macs);
  });

  it("one that left the running guest comes back with the address that is defined", async () => {
    await guest.create("Domain", withNics(1));
    await guest.virsh("destroy");
    await guest.update("Domain", { ...withNics(1), running: false }, { ...withNics(2), running: false });
    const macs = macsIn((await guest.facts()).inactiveXml);
    // Start the guest with only one of them, as after a hot-unplug.
    const { inactiveXml } = await guest.facts();
    await guest.virsh("detach-interface", "user", "--mac", macs[1] ?? "", "--config");
    await guest.virsh("start");
    await guest.connection.run([
      { argv: ["virsh", "-c", guest.connection.virshUri, "define", "/dev/stdin"], stdin: inactiveXml },
    ]);
    await guest.update("Domain", withNics(2), withNics(2));
    expect(macsIn((await guest.facts()).liveXml)).to.have.members(macs);
  });
});
