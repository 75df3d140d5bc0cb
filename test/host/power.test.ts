import { expect } from "chai";
import { handlers } from "../../provider/adapters/dynamic.ts";
import { interruptedBy } from "../../provider/host/connection/interruption.ts";
import { beginRun } from "../../provider/host/process/perRun.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { createResource } from "../../provider/operations/resource.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { startFaultyHost } from "../support/faults.ts";
import type { Guest } from "../support/guest.ts";
import { startGuest } from "../support/guest.ts";
import { isEvent, isWindow } from "../support/guestConsole.ts";
import { sandbox } from "../support/sandbox.ts";

describe("power", function () {
  this.timeout(180_000);
  let box: Sandbox;
  before(async () => {
    box = await sandbox();
  });

  describe("of a guest that answers its power button", () => {
    let guest: TestDomain;
    let booted: Guest;
    beforeEach(async () => {
      guest = await testDomain("power");
      const file = makeImage("power.raw");
      booted = await startGuest({
        name: guest.name,
        machine: "q35",
        ioThreads: 1,
        disks: [{ name: "vda", file, target: "vda" }],
      });
      await booted.console.windows(1);
    });
    afterEach(async () => {
      booted.console.close();
      await guest.remove();
    });

    it('whenRunning "restart": powers off, starts, and all that was pending is in force', async () => {
      const before = await guest.facts();
      const args = { memory: "96 MiB", disks: [{ target: "vda", ioThread: 1 }], whenRunning: "restart" };
      const told = await guest.preview("Domain", args);
      expect(told.lines.join("\n"), told.lines.join("\n"))
        .to.match(/memory 64 MiB → 96 MiB \(restart\)/)
        .and.to.match(/devices\/disk\[vda\]\/driver\/@iothread absent → 1 \(restart\)/);
      const made = await guest.create("Domain", args);
      const after = await guest.facts();
      expect(made).to.deep.include({ pendingRestart: [], state: "running" });
      expect(after.stateReason).to.equal("booted");
      expect(after.qemuStartTime).not.to.equal(before.qemuStartTime);
      expect(after.liveXml).to.contain("<memory unit='KiB'>98304</memory>").and.to.contain("iothread='1'");
      expect((await guest.preview("Domain", args)).lines).to.deep.equal([]);
      // The guest was under load until it powered off, and is again.
      const windows = await booted.console.windows(1);
      expect(windows.at(-1)?.requests).to.be.greaterThan(0);
      expect(booted.console.lines.filter(isWindow).every(({ errors }) => errors === 0)).to.equal(true);
    });

    it('whenRunning "detach" under load: the disk changes threads, and no request fails', async () => {
      const before = await guest.facts();
      const args = { target: "vda", ioThread: 1, whenRunning: "detach" };
      await guest.create("VirtioDisk", args);
      const after = await guest.facts();
      expect(after.qemuStartTime).to.equal(before.qemuStartTime);
      expect(after.liveXml).to.match(/<driver [^>]*iothread='1'/);
      const windows = await booted.console.windows(2);
      expect(windows.map(({ errors }) => errors)).to.deep.equal([0, 0]);
      expect(windows.at(-1)?.requests).to.be.greaterThan(0);
    });

    it("an interrupt in mid-detach: no request fails, and the next up goes on from what is there", async () => {
      const args = {
        target: "vda",
        source: { file: makeImage("power.raw") },
        format: "raw",
        cache: "none",
        io: "native",
        ioThread: 1,
        whenRunning: "detach",
      };
      const placed = { ...guest.place, ...args };
      const cancel = new AbortController();
      const changing = interruptedBy(cancel.signal, () => createResource(kinds.VirtioDisk, placed));
      await booted.console.waitFor("the disk to leave", isEvent("unplugged"), { from: 0, timeoutMs: 60_000 });
      cancel.abort();
      const error = await changing.then(
        () => null,
        (cause: unknown) => cause,
      );
      // The abort may come after the last step. Then everything is done, and there is nothing to report.
      if (error !== null) expect(String(error)).to.match(/interrupted/);
      await guest.create("VirtioDisk", args);
      expect((await guest.facts()).liveXml).to.match(/<driver [^>]*iothread='1'/);
      expect((await guest.preview("VirtioDisk", args)).lines).to.deep.equal([]);
      const windows = await booted.console.windows(2);
      expect(windows.at(-1)?.requests).to.be.greaterThan(0);
      const all = booted.console.lines.filter(isWindow);
      expect(all.every(({ errors }) => errors === 0)).to.equal(true);
    });

    it("is removed after it has powered itself off", async () => {
      await guest.delete("Domain", { shutdownTimeoutSeconds: 30 });
      expect((await readDomain(guest.connection, guest.name)).domain).to.equal(null);
    });
  });

  describe("of a guest that does not answer", () => {
    let guest: TestDomain;
    let base: Record<string, unknown>;
    beforeEach(async () => {
      guest = await testDomain("deaf");
      base = { type: box.domainType, memory: "32 MiB", running: true, shutdownTimeoutSeconds: 1 };
      await guest.create("Domain", base);
    });
    afterEach(() => guest.remove());

    it("a restart is an error that leaves it running, and cuts it off where that is allowed", async () => {
      const before = await guest.facts();
      const args = { ...base, memory: "48 MiB", whenRunning: "restart" };
      const error = await failureOf(guest.update("Domain", base, args));
      expect(error.message).to.match(/did not power off within 1 s[\s\S]*it still runs; .*forceOff: true/);
      const between = await guest.facts();
      expect(between.qemuStartTime).to.equal(before.qemuStartTime);
      expect(between.inactiveXml).to.contain("<memory unit='KiB'>49152</memory>");
      const forced = { ...args, forceOff: true };
      expect((await guest.update("Domain", base, forced)).pendingRestart).to.deep.equal([]);
      const after = await guest.facts();
      expect(after.liveXml).to.contain("<memory unit='KiB'>49152</memory>");
      expect(after.qemuStartTime).not.to.equal(before.qemuStartTime);
    });

    it("by default a change that needs a restart waits, is listed, and is gone after the next one", async () => {
      const args = { ...base, memory: "48 MiB" };
      const made = await guest.update("Domain", base, args);
      expect(made.pendingRestart).to.deep.equal(
        [
          { path: "memory", live: "32 MiB", inactive: "48 MiB" },
          { path: "currentMemory", live: "32 MiB", inactive: "48 MiB" },
        ].slice(0, (made.pendingRestart as unknown[]).length),
      );
      const later = await guest.preview("Domain", args);
      expect(later.isNeeded).to.equal(false);
      expect(later.lines.join()).to.contain("memory 32 MiB → 48 MiB (next boot)");
      await guest.virsh("destroy");
      await guest.virsh("start");
      expect((await guest.preview("Domain", args)).lines).to.deep.equal([]);
    });

    it("a guest that was off stays off", async () => {
      await guest.virsh("destroy");
      const { running: _, ...off } = base;
      await guest.update("Domain", off, { ...off, memory: "48 MiB", whenRunning: "restart" });
      expect((await guest.facts()).state).to.equal("shut off");
    });

    it("removing it is an error that leaves it as it is, and cuts it off where that is allowed", async () => {
      const args = { host: guest.place.host, name: guest.name, ...base };
      beginRun();
      const error = await failureOf(handlers.Domain.delete("", args));
      expect(error.message)
        .to.match(/did not power off within 1 s on qemu\+ssh:[\s\S]*it still runs; shut it down inside/)
        .and.contain(`cut it off (virsh destroy '${guest.name}')`)
        .and.match(/raise shutdownTimeoutSeconds.*forceOff: true/);
      expect(`${error}: ${error.stack}`, "what the SDK prints").to.equal(`${error.message}: `);
      expect((await guest.facts()).state).to.equal("running");
      await guest.delete("Domain", { ...base, forceOff: true });
      expect((await readDomain(guest.connection, guest.name)).domain).to.equal(null);
      expect(await guest.delete("Domain", base), "gone already is good too").to.deep.equal([]);
    });

    for (const command of ["shutdown", "destroy"])
      it(`one that goes off by itself just before virsh ${command} counts as off`, async () => {
        const host = await startFaultyHost();
        try {
          const seen = await testDomain("deaf", host.uri());
          const forced = { ...base, forceOff: true };
          const goesOff = { other: `virsh -c qemu:///system destroy '${guest.name}'` };
          const before = await guest.facts();
          host.arm("otherFirst", `${command} ${before.uuid}`, goesOff);
          await seen.update("Domain", forced, { ...forced, memory: "48 MiB", whenRunning: "restart" });
          expect(host.struck()).to.equal(true);
          expect((await guest.facts()).liveXml).to.contain("<memory unit='KiB'>49152</memory>");
          host.arm("otherFirst", `${command} ${before.uuid}`, goesOff);
          await seen.delete("Domain", forced);
          expect(host.struck()).to.equal(true);
          expect((await readDomain(guest.connection, guest.name)).domain).to.equal(null);
        } finally {
          await host.remove();
        }
      });

    it("one whose host is slow to tell its state is asked before it is cut off", async () => {
      const host = await startFaultyHost();
      try {
        const seen = await testDomain("deaf", host.uri());
        const forced = { ...base, forceOff: true };
        const { uuid } = await guest.facts();
        // Longer than shutdownTimeoutSeconds.
        host.arm("otherFirst", `domstate --reason ${uuid}`, { other: "sleep 1.5" });
        await seen.update("Domain", forced, { ...forced, memory: "48 MiB", whenRunning: "restart" });
        expect(host.struck()).to.equal(true);
        const asked = host.calls().map((call) => / (shutdown|destroy|start) /.exec(call)?.[1]);
        expect(asked.filter((each) => each)).to.deep.equal(["shutdown", "destroy", "start"]);
      } finally {
        await host.remove();
      }
    });

    it("one that somebody else starts or resumes just before counts as started", async () => {
      const host = await startFaultyHost();
      try {
        const seen = await testDomain("deaf", host.uri());
        const { uuid } = await guest.facts();
        const byOther = (...args: string[]) => ({
          other: `virsh -c qemu:///system ${args.join(" ")} '${guest.name}'`,
        });
        host.arm("otherFirst", `start ${uuid}`, byOther("start"));
        const forced = { ...base, forceOff: true };
        await seen.update("Domain", forced, { ...forced, memory: "48 MiB", whenRunning: "restart" });
        expect(host.struck()).to.equal(true);
        expect((await guest.facts()).liveXml).to.contain("<memory unit='KiB'>49152</memory>");
        await guest.virsh("suspend");
        host.arm("otherFirst", `resume ${uuid}`, byOther("resume"));
        await seen.update("Domain", forced, { ...forced, memory: "48 MiB" });
        expect(host.struck()).to.equal(true);
        expect((await guest.facts()).state).to.equal("running");
        await guest.virsh("destroy");
        host.arm("otherFirst", `start ${uuid}`, byOther("start"));
        await seen.update("Domain", forced, { ...forced, memory: "48 MiB" });
        expect(host.struck()).to.equal(true);
        expect((await guest.facts()).state).to.equal("running");
      } finally {
        await host.remove();
      }
    });

    it("a managed save is taken along only when that is allowed", async () => {
      await guest.virsh("managedsave");
      const error = await failureOf(guest.delete("Domain", base));
      expect(error.message).to.match(/would take along: managedSave[\s\S]*undefineWith: \["managedSave"\]/);
      expect((await guest.facts()).managedSave).to.equal(true);
      await guest.delete("Domain", { ...base, undefineWith: ["managedSave"] });
      expect((await readDomain(guest.connection, guest.name)).domain).to.equal(null);
    });

    it("disk images stay", async () => {
      const file = makeImage("stays.raw", 1);
      const disk = { target: "vdb", source: { file } };
      await guest.create("VirtioDisk", disk);
      await guest.delete("VirtioDisk", disk);
      await guest.delete("Domain", { ...base, forceOff: true });
      await guest.connection.run([{ argv: ["test", "-e", file] }]).then(([result]) => {
        expect(result?.exitCode).to.equal(0);
      });
    });
  });
});
