import { existsSync } from "node:fs";
import { expect } from "chai";
import { readDomain } from "../../provider/host/read/read.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { sandbox } from "../support/sandbox.ts";

describe("firmware that libvirt chooses", function () {
  this.timeout(180_000);
  let guest: TestDomain;
  // Emulated: the preferred firmware needs System Management Mode, which nested KVM may lack.
  const plain = { type: "qemu", machine: "q35", memory: "64 MiB", running: true, shutdownTimeoutSeconds: 0 };
  const efi = { ...plain, firmware: "efi" };
  const variables = () => `/var/lib/libvirt/qemu/nvram/${guest.name}_VARS.fd`;
  before(() => sandbox());
  beforeEach(async () => {
    guest = await testDomain("firmware");
  });
  afterEach(async () => {
    await guest.virsh("destroy").catch(() => "");
    await guest.virsh("undefine", "--nvram").catch(() => "");
  });

  it("a running guest that has it is as declared: no change, no power cycle", async () => {
    await guest.create("Domain", efi);
    const before = await guest.facts();
    // The definition of libvirt 9.0 names no image, and its running guest names only the image. Later ones name both.
    expect(before.inactiveXml).to.contain("<os firmware='efi'>");
    expect(before.liveXml).to.match(/<loader [^>]*type='pflash'[^>]*>/);
    const restart = { ...efi, whenRunning: "restart", forceOff: true };
    const told = await guest.preview("Domain", restart);
    expect([told.isNeeded, told.lines, told.lints]).to.deep.equal([false, [], []]);
    const made = await guest.update("Domain", efi, restart);
    expect(made).to.deep.include({ pendingRestart: [], restartDidNotBring: [] });
    expect((await guest.facts()).qemuStartTime).to.equal(before.qemuStartTime);
  });

  it("it waits for the next start when it is added, and when it is taken away", async () => {
    await guest.create("Domain", plain);
    const waits = await guest.update("Domain", plain, efi);
    expect(waits.pendingRestart).to.deep.equal([{ path: "os/@firmware", live: null, inactive: "efi" }]);
    const forced = { whenRunning: "restart", forceOff: true };
    const cycled = await guest.update("Domain", { ...efi, ...forced }, { ...efi, ...forced });
    expect(cycled.pendingRestart).to.deep.equal([]);
    const added = await guest.facts();
    expect(added.liveXml).to.contain("type='pflash'");
    const gone = await guest.update("Domain", efi, plain);
    const [firmware, ...image] = gone.pendingRestart as { path: string; inactive: unknown }[];
    expect(firmware).to.deep.equal({ path: "os/@firmware", live: "efi", inactive: null });
    // The image that libvirt chose leaves the running guest with the firmware; 9.0 does not print its features.
    const features = added.liveXml?.includes("<firmware>") ? ["os/firmware"] : [];
    const written = [...features, "os/loader", "os/nvram"];
    expect([...new Set(image.map(({ path }) => path.replace(/\/feature.*/, "")))]).to.deep.equal(written);
    expect(image.map(({ inactive }) => inactive)).to.deep.equal(image.map(() => null));
    const off = await guest.update("Domain", efi, { ...plain, ...forced });
    expect(off.pendingRestart).to.deep.equal([]);
    expect((await guest.facts()).liveXml).not.to.contain("type='pflash'");
  });

  for (const state of ["running", "off"])
    it(`removal of one that is ${state}: asked before it is powered off, and its variables go where that is allowed`, async () => {
      await guest.create("Domain", efi);
      if (state === "off") await guest.virsh("destroy");
      const before = await guest.facts();
      expect(existsSync(variables())).to.equal(true);
      const force = { ...efi, forceOff: true };
      const error = await failureOf(guest.delete("Domain", force));
      expect(error.message)
        .to.contain("would take along: nvram")
        .and.contain('nothing has changed; save what is needed, then allow it with undefineWith: ["nvram"]');
      expect((await guest.facts()).qemuStartTime).to.equal(before.qemuStartTime);
      await guest.delete("Domain", { ...force, undefineWith: ["nvram"] });
      expect((await readDomain(guest.connection, guest.name)).domain).to.equal(null);
      expect(existsSync(variables())).to.equal(false);
    });
});
