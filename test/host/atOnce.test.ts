import { expect } from "chai";
import { HostError } from "../../provider/errors.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { run } from "../../tools/sandbox/run.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import type { FaultyHost } from "../support/faults.ts";
import { startFaultyHost } from "../support/faults.ts";

import { startHost } from "../support/hosts.ts";
import { sandbox } from "../support/sandbox.ts";

describe("others who work on the same domain", function () {
  this.timeout(180_000);
  let box: Sandbox;
  let host: FaultyHost;
  let guest: TestDomain;
  before(async () => {
    box = await sandbox();
    host = await startFaultyHost();
    guest = await testDomain("atOnce", host.uri());
    await guest.create("Domain", { type: box.domainType, memory: "32 MiB", ioThreads: 1, running: true });
  });
  after(async () => {
    host.disarm();
    await guest.remove();
    await host.remove();
  });

  it("a definition that changes between our read and our define loses nothing", async () => {
    host.arm("otherFirst", "^-c \\S+ dumpxml --inactive --security-info \\S+$", {
      other: `/usr/bin/virsh -c qemu:///system desc ${guest.name} --config "theirs, just now"`,
    });
    await guest.create("IoThread", { ioThreadId: 4 });
    expect(host.struck()).to.equal(true);
    host.disarm();
    const { inactiveXml } = await guest.facts();
    expect(inactiveXml).to.contain("theirs, just now").and.to.contain("<iothread id='4'/>");
  });

  it("two stacks at once, by two ways to the same host: both get all they declare", async () => {
    const second = await startHost();
    const other = await testDomain("atOnce", second.uri());
    try {
      const ids = [11, 12, 13, 14];
      const [mine, theirs] = [ids, ids.map((id) => id + 10)];
      const make = async (by: TestDomain, threads: readonly number[]) => {
        for (const ioThreadId of threads) await by.create("IoThread", { ioThreadId });
      };
      await Promise.all([make(guest, mine), make(other, theirs)]);
      const { inactiveXml, liveXml } = await guest.facts();
      for (const id of [...mine, ...theirs])
        for (const side of [inactiveXml, liveXml]) expect(side).to.contain(`<iothread id='${id}'/>`);
    } finally {
      await other.connection.close();
      await second.remove();
    }
  });

  it("threads without an id, added by several at once, get different ones", async () => {
    const second = await startHost();
    const other = await testDomain("atOnce", second.uri());
    try {
      const make = async (by: TestDomain) => {
        const found: unknown[] = [];
        for (let count = 0; count < 3; count++) found.push((await by.create("IoThread", {})).ioThreadId);
        return found;
      };
      const ids = (await Promise.all([make(guest), make(other)])).flat();
      expect(new Set(ids).size, ids.join()).to.equal(6);
      const { inactiveXml, liveXml } = await guest.facts();
      for (const id of ids)
        for (const side of [inactiveXml, liveXml]) expect(side).to.contain(`<iothread id='${id}'/>`);
    } finally {
      await other.connection.close();
      await second.remove();
    }
  });

  it("an id that somebody takes between our read and our define is not shared", async () => {
    const { inactiveXml } = await guest.facts();
    const taken = new Set([...inactiveXml.matchAll(/<iothread id='(\d+)'/g)].map(([, id]) => Number(id)));
    const free = Array.from({ length: 100 }, (_, i) => i + 1).filter((id) => !taken.has(id));
    host.arm("otherFirst", "^-c \\S+ dumpxml --inactive --security-info \\S+$", {
      other: `/usr/bin/virsh -c qemu:///system iothreadadd ${guest.name} ${free[0]} --config`,
    });
    const { ioThreadId } = await guest.create("IoThread", {});
    expect(host.struck()).to.equal(true);
    host.disarm();
    expect(ioThreadId).to.equal(free[1]);
    const after = await guest.facts();
    expect(after.liveXml).to.contain(`<iothread id='${free[1]}'/>`).and.not.contain(`id='${free[0]}'`);
  });

  it("an id that somebody takes in the running guest alone, just then, is not shared", async () => {
    const { inactiveXml, liveXml } = await guest.facts();
    const taken = [...`${inactiveXml}${liveXml}`.matchAll(/<iothread id='(\d+)'/g)].map(([, id]) =>
      Number(id),
    );
    const free = Array.from({ length: 100 }, (_, i) => i + 1).filter((id) => !taken.includes(id));
    // The definition and its digest don't contain this.
    host.arm("otherFirst", "^-c \\S+ dumpxml --inactive --security-info \\S+$", {
      other: `/usr/bin/virsh -c qemu:///system iothreadadd ${guest.name} ${free[0]} --live`,
    });
    const { ioThreadId } = await guest.create("IoThread", {});
    expect(host.struck()).to.equal(true);
    host.disarm();
    expect(ioThreadId).to.equal(free[1]);
    const after = await guest.facts();
    expect(after.inactiveXml).to.contain(`id='${free[1]}'`).and.not.contain(`id='${free[0]}'`);
    await guest.virsh("iothreaddel", String(free[0]), "--live");
  });

  it("a part whose domain somebody removes just then is gone with it", async () => {
    const going = await testDomain("going", host.uri());
    try {
      await going.create("Domain", { type: box.domainType, memory: "32 MiB", ioThreads: 2 });
      host.arm("otherFirst", "^-c \\S+ dumpxml --inactive --security-info \\S+$", {
        other: `/usr/bin/virsh -c qemu:///system undefine ${going.name}`,
      });
      expect(await going.delete("IoThread", { ioThreadId: 2 })).to.deep.equal([]);
      expect(host.struck()).to.equal(true);
    } finally {
      host.disarm();
      await going.remove();
    }
  });

  it("a job that holds the domain is told, and the next up goes on", async () => {
    const { qemuPid } = await guest.facts();
    process.kill(qemuPid ?? 0, "SIGSTOP");
    const holder = run(["virsh", "-c", "qemu:///system", "iothreadadd", guest.name, "31", "--live"], {
      timeoutMs: 120_000,
    });
    try {
      const isHeld = async () => (await guest.virsh("domcontrol")).startsWith("occupied");
      await waitFor("the other's job", 60_000, isHeld);
      // A value that can't be read at that moment is not reported as a difference.
      const polled = await guest.preview("IoThread", { ioThreadId: 1, pollMaxNs: 32768 });
      expect([polled.isNeeded, polled.lines]).to.deep.equal([false, []]);
      const error = await failureOf(guest.create("IoThreadPin", { ioThread: 1, cpuset: "0" }));
      expect(error instanceof HostError && error.code).to.equal("domainBusy");
      expect(error.message).to.contain("another job holds it");
      // Nor does it cause a restart.
      const restarting = { ioThreads: [{ id: 1, pollMaxNs: 32768 }], whenRunning: "restart" };
      expect((await guest.preview("Domain", restarting)).lines.join()).not.to.match(/poll|restart/);
    } finally {
      process.kill(qemuPid ?? 0, "SIGCONT");
    }
    // The job that was seen may be another file's read of this host. Then the holder waits 30 s for it in vain.
    const { exitCode, stderr } = await holder;
    if (exitCode !== 0) expect(stderr).to.contain("cannot acquire state change lock");
    expect((await guest.create("IoThreadPin", { ioThread: 1, cpuset: "0" })).cpusAllowed).to.equal("0");
  });

  it("a guest that keeps a device is not lied about, and nothing else is lost", async () => {
    const disk = { target: "vdb", source: { file: makeImage("atOnce.raw", 1) }, whenRunning: "detach" };
    await guest.create("VirtioDisk", disk);
    const before = await guest.facts();
    const error = await failureOf(guest.delete("VirtioDisk", disk));
    expect(error.message).to.match(
      /still holds the device after \d+ s[\s\S]*nothing has changed on the host/,
    );
    const after = await guest.facts();
    expect(after.inactiveXml).to.equal(before.inactiveXml);
    expect(after.liveXml).to.contain("<target dev='vdb'");
    // A reset completes the request.
    await guest.virsh("reset");
    expect(await guest.delete("VirtioDisk", disk)).to.deep.equal([]);
    expect((await guest.facts()).liveXml).not.to.contain("<target dev='vdb'");
  });

  it("a device that leaves between our read and our detach is detached", async () => {
    const disk = { target: "vdc", source: { file: makeImage("atOnce2.raw", 1) }, whenRunning: "detach" };
    await guest.create("VirtioDisk", disk);
    const alias = /<target dev='vdc'.*?<alias name='([^']+)'/s.exec((await guest.facts()).liveXml ?? "")?.[1];
    const virsh = "/usr/bin/virsh -c qemu:///system";
    // A reset completes the request: this guest has no operating system.
    host.arm("otherFirst", "^-c \\S+ detach-device ", {
      other: `${virsh} detach-device-alias ${guest.name} ${alias} --live; ${virsh} reset ${guest.name}; while ${virsh} dumpxml ${guest.name} | grep -q "target dev='vdc'"; do sleep 0.1; done`,
    });
    expect(await guest.delete("VirtioDisk", disk)).to.deep.equal([]);
    expect(host.struck()).to.equal(true);
    host.disarm();
    const { inactiveXml, liveXml } = await guest.facts();
    for (const side of [inactiveXml, liveXml]) expect(side).not.to.contain("<target dev='vdc'");
  });
});
