import { join } from "node:path";
import { expect } from "chai";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { sandbox } from "../support/sandbox.ts";

describe("a disk that is on an overlay of what is declared", function () {
  this.timeout(180_000);
  let box: Sandbox;
  let guest: TestDomain;
  let folder: string;
  let file: string;
  let disk: Record<string, unknown>;
  let base: Record<string, unknown>;
  before(async () => {
    box = await sandbox();
  });
  beforeEach(async () => {
    guest = await testDomain("overlay");
    folder = temporaryFolder("overlay", imagesFolder());
    file = join(folder, "base.qcow2");
    await mustRun(["chmod", "755", folder]);
    await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", file, "8M"]);
    disk = { target: "vda", source: { file }, format: "qcow2" };
    base = { type: box.domainType, memory: "32 MiB", disks: [disk] };
  });
  afterEach(async () => {
    await guest.virsh("destroy").catch(() => "");
    await guest.virsh("undefine", "--snapshots-metadata").catch(() => "");
    removeFolder(folder);
  });
  const snapshot = (name: string) => guest.virsh("snapshot-create-as", name, "--disk-only", "--atomic");

  const refusals = async (kind: "Domain" | "VirtioDisk", args: Record<string, unknown>) => {
    const before = await guest.facts();
    for (const whenRunning of ["live", "detach", "restart"]) {
      const wanted = { ...args, whenRunning, forceOff: true, shutdownTimeoutSeconds: 0 };
      const told = await guest.preview(kind, args, wanted);
      expect(told.obstacles.join("\n"))
        .to.match(/not possible: disk vda is on .*base\.s\d, an overlay of .*base\.qcow2/)
        .and.contain(`virsh blockcommit ${guest.name} vda --active --wait --pivot`);
      const error = await failureOf(guest.update(kind, args, wanted));
      expect(error.message).to.match(/an overlay of .*[\s\S]*nothing has changed on the host/);
      const after = await guest.facts();
      expect([after.inactiveXml, after.liveXml, after.qemuStartTime]).to.deep.equal([
        before.inactiveXml,
        before.liveXml,
        before.qemuStartTime,
      ]);
    }
  };

  for (const kind of ["Domain", "VirtioDisk"] as const)
    it(`${kind} of a running guest: refused in preview and up until it is merged back`, async () => {
      await guest.create("Domain", { ...base, running: true });
      await snapshot("s1");
      await snapshot("s2");
      const args = kind === "Domain" ? { ...base, running: true } : disk;
      await refusals(kind, args);
      // The remedy in the message.
      await guest.virsh("blockcommit", "vda", "--active", "--wait", "--pivot");
      const told = await guest.preview(kind, args);
      expect([told.isNeeded, told.obstacles]).to.deep.equal([false, []]);
    });

  it("a guest that is off, with the chain in its definition", async () => {
    await guest.create("Domain", { ...base, running: true });
    await snapshot("s1");
    await guest.virsh("destroy");
    expect((await guest.facts()).inactiveXml).to.contain("<backingStore");
    await refusals("Domain", base);
  });

  const withoutChain = async () => {
    const { inactiveXml } = await guest.facts();
    const stdin = inactiveXml.replace(/<backingStore[\s\S]*<\/backingStore>/, "");
    await guest.connection.run([
      { argv: ["virsh", "-c", guest.connection.virshUri, "define", "/dev/stdin"], stdin },
    ]);
    expect((await guest.facts()).inactiveXml)
      .to.contain("base.s1")
      .and.not.contain("<backingStore");
  };

  it("a guest that is off, without the chain in its definition: its image tells", async () => {
    await guest.create("Domain", base);
    await snapshot("s1");
    await withoutChain();
    await guest.virsh("snapshot-delete", "s1", "--metadata");
    await refusals("Domain", base);
  });

  it("where the image can't be read, the snapshot tells", async () => {
    await guest.create("Domain", base);
    await snapshot("s1");
    await withoutChain();
    await mustRun(["truncate", "-s", "0", join(folder, "base.s1")]);
    await refusals("Domain", base);
  });

  it("another image takes the place of the overlay and of all that is below it", async () => {
    await guest.create("Domain", { ...base, running: true });
    await snapshot("s1");
    await guest.virsh("destroy");
    const other = join(folder, "other.qcow2");
    await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", other, "8M"]);
    const wanted = { ...base, disks: [{ ...disk, source: { file: other } }], running: true };
    await guest.update("Domain", base, wanted);
    const { inactiveXml, liveXml } = await guest.facts();
    expect(inactiveXml).to.contain(other).and.not.contain("<backingStore");
    // The running guest's own chain ends at the image.
    expect(liveXml).to.contain(other).and.not.contain("base");
    expect((await guest.preview("Domain", wanted)).isNeeded).to.equal(false);
  });

  it("another image that is no overlay is put back as declared", async () => {
    await guest.create("Domain", base);
    const other = join(folder, "other.qcow2");
    await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", other, "8M"]);
    await guest.update("Domain", base, { ...base, disks: [{ ...disk, source: { file: other } }] });
    expect((await guest.facts()).inactiveXml).to.contain("other.qcow2");
    await guest.update("Domain", base, base);
    expect((await guest.facts()).inactiveXml).to.contain("base.qcow2");
  });
});
