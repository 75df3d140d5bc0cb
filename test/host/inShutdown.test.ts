import { join } from "node:path";
import { expect } from "chai";
import { openActivity } from "../../provider/host/activity/reader.ts";
import { readDomain, readHost } from "../../provider/host/read/read.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { run } from "../../tools/sandbox/run.ts";
import { failureOf, type TestDomain, testDomain } from "../support/domains.ts";
import { startFaultyHost } from "../support/faults.ts";
import { makePowerOffFirmware, sectorWrites, writePorts } from "../support/haltingGuest.ts";
import { sandbox } from "../support/sandbox.ts";
import { type StorageDaemon, startStorageDaemon } from "../support/storageDaemon.ts";

/** The guest has powered off, and QEMU waits at its exit for a disk whose server does not answer. */
describe("a guest in shutdown", function () {
  this.timeout(180_000);
  let guest: TestDomain;
  let daemon: StorageDaemon;
  let base: Arguments;
  const socket = join(imagesFolder(), `nbd-${process.pid}.sock`);
  const isInShutdown = async () => (await guest.virsh("domstate")).trim() === "in shutdown";

  beforeEach(async () => {
    const { domainType: type } = await sandbox();
    guest = await testDomain("inShutdown");
    daemon = await startStorageDaemon(socket, [
      ...["--blockdev", `driver=file,node-name=file,filename=${makeImage("inShutdown.raw", 8)}`],
      ...["--blockdev", "driver=raw,node-name=disk,file=file"],
      ...["--nbd-server", `addr.type=unix,addr.path=${socket}`],
      ...["--export", "type=nbd,id=e,node-name=disk,name=disk,writable=on"],
    ]);
    base = {
      ...{ type, machine: "pc", memory: "32 MiB", loader: { path: makePowerOffFirmware(), type: "rom" } },
      xml: `<domain><devices><disk type='network' device='disk'><driver name='qemu' type='raw' cache='writeback'/>
        <source protocol='nbd' name='disk'><host transport='unix' socket='${socket}'/></source><target dev='hda' bus='ide'/></disk></devices></domain>`,
    };
    await guest.create("Domain", { ...base, running: true });
    // The written data must be flushed at the end.
    await writePorts(guest, sectorWrites);
    daemon.pause();
    // The guest powers off by itself: a command of QEMU's monitor that does it would keep a job until QEMU ends.
    await guest.virsh("send-key", "KEY_A");
    await waitFor("its shutdown", 20_000, isInShutdown);
  });
  afterEach(async () => {
    await guest.remove();
    await daemon.stop();
  });

  it("is read again and again while its QEMU answers nobody", async () => {
    const readOne = async () => {
      const { domain, isStalled } = await readDomain(guest.connection, guest.name);
      expect([domain?.state, isStalled]).to.deep.equal(["in shutdown", false]);
    };
    await readOne();
    expect((await readHost(guest.connection)).domains.get(guest.name)?.state).to.equal("in shutdown");
    await (await openActivity(guest.connection, [guest.name])).read();
    // A question that QEMU does not answer keeps a job, for which the next one waits (11.3.0).
    await readOne();
  });

  it("is waited for where another client asks its QEMU, whose answer never comes", async () => {
    // Like a program that watches all guests, whatever their state.
    const asks = run(["virsh", "-c", "qemu:///system", "domstats", "--iothread", guest.name], {
      timeoutMs: 120_000,
    });
    await waitFor("its job", 30_000, async () => (await guest.virsh("domcontrol")).startsWith("occupied"));
    const host = await startFaultyHost();
    try {
      const there = await testDomain("inShutdown", host.uri());
      const going = there.update("Domain", base, { ...base, running: false });
      // On libvirt 11 the first look at the guest ends at its limit, because dumpxml waits for the job.
      const looks = () => host.calls().filter((call) => /dumpxml|domstate/.test(call)).length;
      await waitFor("the second look at the guest", 30_000, async () => looks() > 1);
      daemon.resume();
      expect((await going).state).to.equal("shut off");
    } finally {
      await host.remove();
    }
    await asks;
  });

  it("is left so by running: true, and the preview says why", async () => {
    const wanted = { ...base, running: true };
    const told = await guest.preview("Domain", wanted);
    expect(told.lines.join("\n")).to.match(/is in shutdown.*it powers off just now; the next up starts it/);
    expect([told.isNeeded, told.obstacles]).to.deep.equal([false, []]);
    await guest.update("Domain", wanted, wanted);
    expect(await isInShutdown()).to.equal(true);
    daemon.resume();
    await waitFor("its end", 30_000, async () => !(await isInShutdown()));
    expect((await guest.update("Domain", wanted, wanted)).state).to.equal("running");
  });

  it("is waited for when it is to be off, and an error without forceOff where it does not come to its end", async () => {
    const off = { ...base, running: false, shutdownTimeoutSeconds: 1 };
    expect((await failureOf(guest.update("Domain", base, off))).message).to.match(
      /did not power off within 1 s/,
    );
    const going = guest.update("Domain", base, { ...off, shutdownTimeoutSeconds: 60 });
    daemon.resume();
    expect((await going).state).to.equal("shut off");
  });

  it("is waited for by a power cycle, which then starts it", async () => {
    const restart = { ...base, memory: "48 MiB", whenRunning: "restart", shutdownTimeoutSeconds: 60 };
    const host = await startFaultyHost();
    try {
      const going = (await testDomain("inShutdown", host.uri())).update("Domain", base, restart);
      // A guest that ends before the power cycle looks at it stays off.
      const looks = () => host.calls().filter((call) => call.includes("domstate --reason")).length;
      await waitFor("the first look of the power cycle", 30_000, async () => looks() > 1);
      expect(await isInShutdown()).to.equal(true);
      daemon.resume();
      expect((await going).state).to.equal("running");
      expect((await guest.facts()).liveXml).to.contain("<memory unit='KiB'>49152</memory>");
    } finally {
      await host.remove();
    }
  });

  it("is cut off with forceOff", async () => {
    await guest.delete("Domain", { ...base, forceOff: true, shutdownTimeoutSeconds: 0 });
    await failureOf(guest.facts());
  });
});
