import { join } from "node:path";
import { expect } from "chai";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { checkResource } from "../../provider/operations/check.ts";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { run } from "../../tools/sandbox/run.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { type Guest, startGuest } from "../support/guest.ts";
import { isEvent, isWindow } from "../support/guestConsole.ts";
import { sandbox } from "../support/sandbox.ts";
import { type StorageDaemon, startStorageDaemon } from "../support/storageDaemon.ts";

const sharedMemory = "<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>";

describe("a disk that another process serves", function () {
  this.timeout(180_000);
  let domain: TestDomain;
  let guest: Guest;
  let daemon: StorageDaemon;
  const socket = join(imagesFolder(), `vhost-user-${process.pid}.sock`);
  const disk = { target: "vdb", source: { vhostUser: socket }, whenRunning: "detach" };
  const daemonArgs = () => [
    ...["--object", "iothread,id=io0"],
    ...["--blockdev", `driver=file,node-name=file,filename=${makeImage("vhostUser.raw", 32)}`],
    ...["--blockdev", "driver=raw,node-name=disk,file=file"],
    "--export",
    `type=vhost-user-blk,id=e,addr.type=unix,addr.path=${socket},node-name=disk,writable=on,num-queues=2,iothread=io0`,
  ];
  before(async () => {
    domain = await testDomain("vhostUser");
    daemon = await startStorageDaemon(socket, daemonArgs());
    const own = { name: "own", file: makeImage("vhostUser-own.raw"), target: "vda" };
    const settings = "depth=2 mode=mixed window=200";
    guest = await startGuest({ name: domain.name, disks: [own], ioThreads: 1, settings, xml: sharedMemory });
  });
  after(async () => {
    guest.console.close();
    await domain.remove();
    await daemon.stop();
  });
  /** The serial that qemu-storage-daemon reports to the guest. */
  const exported = "vhost_user_blk";
  async function doesIo(): Promise<void> {
    const windows = (await guest.console.windows(2)).filter((each) => each.disk === exported);
    expect(windows.length).to.be.greaterThan(0);
    expect(windows.every(({ requests, errors }) => requests > 0 && errors === 0)).to.equal(true);
  }

  it("is plugged into the running guest, does IO, is as declared, and leaves it", async () => {
    const before = await domain.facts();
    const plugged = guest.console.waitFor("the disk", isEvent("plugged"));
    const made = await domain.create("VirtioDisk", disk);
    expect(await plugged).to.include({ sectors: (32 * 1024 * 1024) / 512 });
    expect(made.pendingRestart).to.deep.equal([]);
    await doesIo();
    const { liveXml, qemuStartTime } = await domain.facts();
    expect(liveXml).to.contain("<disk type='vhostuser'").and.to.contain(`path='${socket}'`);
    expect(qemuStartTime).to.equal(before.qemuStartTime);
    expect((await domain.preview("VirtioDisk", disk)).lines).to.deep.equal([]);

    const top = await run([
      ...["node", "dist/provider/cli/main.js", "top", (await sandbox()).uri, domain.name],
      ...["--once", "--json"],
    ]);
    expect(top.exitCode, top.stderr).to.equal(0);
    const { domains, missing } = JSON.parse(top.stdout) as {
      missing: string[];
      domains: { disks: { target: string }[]; threads: { kind: string; serves: string[] }[] }[];
    };
    expect(missing).to.deep.equal([]);
    expect(domains[0]?.disks.map(({ target }) => target)).to.deep.equal(["vda"]);
    expect(domains[0]?.threads.flatMap(({ serves }) => serves)).to.deep.equal(["vda"]);

    const gone = guest.console.waitFor("its end", isEvent("unplugged"));
    expect(await domain.delete("VirtioDisk", disk)).to.deep.equal([]);
    await gone;
    expect((await domain.facts()).liveXml).not.to.contain("vhostuser");
    expect(guest.console.lines.filter(isWindow).every(({ errors }) => errors === 0)).to.equal(true);
  });

  it("is there when the guest starts, and again after a power cycle that its change needs", async () => {
    await domain.create("VirtioDisk", disk);
    const restarted = { ...disk, queues: 2, whenRunning: "restart" };
    await domain.update("VirtioDisk", disk, restarted);
    await domain.virsh("destroy");
    const from = guest.console.lines.length;
    await domain.virsh("start");
    await guest.console.waitFor("the boot", isEvent("boot"), {
      from,
      timeoutMs: 60_000,
    });
    await doesIo();
    expect((await domain.facts()).liveXml).to.contain("queues='2'");
    expect((await domain.preview("VirtioDisk", restarted)).lines).to.deep.equal([]);
    await domain.delete("VirtioDisk", { ...restarted, whenRunning: "detach" });
  });

  const refusals: readonly Arguments[] = [
    { format: "qcow2" },
    { cache: "none" },
    { cache: "none", io: "native" },
    { discard: "unmap" },
    { detectZeroes: "on" },
    { ioThread: 1 },
    { serial: "data" },
    { readonly: true },
    { shareable: true },
    { ioTune: { totalIopsSec: 100 } },
  ];
  for (const more of refusals) {
    it(`is refused with ${Object.keys(more).join(" and ")}, by name, as libvirt would later`, async () => {
      const failures = checkResource(kinds.VirtioDisk, { ...domain.place, ...disk, ...more });
      // For an argument with parts, the name is that of the given part: ioTune.totalIopsSec.
      const named = failures.map(({ property }) => property.split(".")[0]);
      expect(named).to.have.members(Object.keys(more));
      for (const { reason } of failures)
        expect(reason).to.contain("source.vhostUser").and.contain("leave it out");
    });
  }

  it("is refused without a socket there, and for a guest whose memory nobody else may map", async () => {
    const before = await domain.facts();
    const absent = { ...disk, source: { vhostUser: `${socket}-absent` } };
    const missing = await failureOf(domain.create("VirtioDisk", absent));
    expect(missing.message)
      .to.contain(`source.vhostUser ${socket}-absent of disk vdb does not exist there; start the process`)
      .and.to.contain("nothing has changed");
    expect(await domain.facts()).to.deep.include({
      inactiveXml: before.inactiveXml,
      liveXml: before.liveXml,
    });

    const other = await testDomain("unshared");
    await other.create("Domain", { type: (await sandbox()).domainType, memory: "32 MiB" });
    try {
      const refused = await failureOf(other.create("VirtioDisk", disk));
      expect(refused.message)
        .to.contain("source.vhostUser of disk vdb needs memory that another process may map")
        .and.to.contain("<access mode='shared'/>")
        .and.to.contain("nothing has changed");
    } finally {
      await other.remove();
    }
  });
});
