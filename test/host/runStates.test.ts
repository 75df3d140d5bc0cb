import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readDomain } from "../../provider/host/read/read.ts";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { makeHaltingFirmware, sectorWrites, sleepWrites, writePorts } from "../support/haltingGuest.ts";
import { sandbox } from "../support/sandbox.ts";

/** A state into which a guest without an operating system is brought. */
interface Case {
  readonly state: string;
  readonly make: (guest: TestDomain) => Promise<unknown>;
  /** The state after `running: true`; a pattern when the guest is left as it is and the preview says so. */
  readonly on: "running" | RegExp;
  /** Whether the guest has to be forced off. */
  readonly isDeaf: boolean;
}

const cases: readonly Case[] = [
  {
    state: "paused (user)",
    make: (guest) => guest.virsh("suspend"),
    on: "running",
    isDeaf: true,
  },
  {
    state: "paused (unknown)",
    make: (guest) => guest.virsh("qemu-monitor-command", '{"execute":"stop"}'),
    on: /mend what stopped it, then resume it/,
    isDeaf: true,
  },
  {
    // The timer of an ib700 expires at once.
    state: "paused (watchdog)",
    make: (guest) => writePorts(guest, ["/b 0x443 0xf"]),
    on: /mend what stopped it, then resume it/,
    isDeaf: true,
  },
  {
    // The test writes one sector to a disk whose file can't grow.
    state: "paused (I/O error)",
    make: (guest) => writePorts(guest, sectorWrites),
    on: /virsh domblkerror/,
    isDeaf: true,
  },
  {
    state: "crashed (panicked)",
    make: (guest) => writePorts(guest, ["/b 0x505 1"]),
    on: /on_crash keeps it/,
    isDeaf: true,
  },
  {
    state: "pmsuspended (unknown)",
    make: (guest) => writePorts(guest, sleepWrites),
    on: "running",
    isDeaf: false,
  },
];

describe("guests that are neither running nor off", function () {
  this.timeout(180_000);
  let box: Sandbox;
  let full: string;
  let firmware: string;
  before(async () => {
    box = await sandbox();
    firmware = makeHaltingFirmware();
    full = temporaryFolder("full", imagesFolder());
    await mustRun(["mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", full]);
    const image = join(full, "full.raw");
    writeFileSync(image, "");
    truncateSync(image, 8 * 1024 * 1024);
    await mustRun(["sh", "-c", `head -c 64k /dev/zero >'${full}/rest' 2>/dev/null || true`]);
  });
  after(async () => {
    await mustRun(["umount", full]);
    removeFolder(full);
  });

  for (const { state, make, on, isDeaf } of cases)
    describe(state, () => {
      let guest: TestDomain;
      let base: Record<string, unknown>;
      beforeEach(async () => {
        guest = await testDomain("states");
        const xml = `<domain><on_crash>preserve</on_crash><pm><suspend-to-mem enabled='yes'/></pm><devices>
          <watchdog model='ib700' action='pause'/><panic model='isa'/>
          <disk type='file' device='disk'><driver name='qemu' type='raw' cache='none'/><source file='${full}/full.raw'/><target dev='hda' bus='ide'/></disk></devices></domain>`;
        const loader = { path: firmware, type: "rom" };
        base = {
          type: box.domainType,
          machine: "pc",
          loader,
          memory: "32 MiB",
          xml,
          shutdownTimeoutSeconds: 1,
        };
        await guest.create("Domain", { ...base, running: true });
        await make(guest);
        await waitFor(state, 20_000, async () => (await stateNow()) === state);
      });
      afterEach(() => guest.remove());
      const stateNow = async () => (await guest.virsh("domstate", "--reason")).trim();

      it("a power cycle: by itself where it can be asked, else an error first; with forceOff it is done", async () => {
        const restart = { ...base, memory: "48 MiB", whenRunning: "restart" };
        const before = await guest.facts();
        const told = await guest.preview("Domain", base, restart);
        const error = await failureOf(guest.update("Domain", base, restart));
        if (isDeaf) {
          expect(told.obstacles.join("\n")).to.contain(`not possible: it is ${state} and can't be asked`);
          expect(error.message)
            .to.contain(`is ${state} and can't be asked to power off`)
            .and.match(/virsh destroy .*forceOff: true/)
            .and.contain("nothing has changed on the host");
          expect(await stateNow()).to.equal(state);
          expect((await guest.facts()).inactiveXml).to.equal(before.inactiveXml);
        } else {
          // It was woken and asked, but has no operating system that would react.
          expect(told.obstacles.join("\n")).not.to.contain("not possible");
          expect(error.message)
            .to.match(/did not power off within 1 s/)
            .and.match(/defined already: memory[;,]/);
          expect((await guest.facts()).inactiveXml).to.contain("<memory unit='KiB'>49152</memory>");
        }
        const made = await guest.update("Domain", base, { ...restart, forceOff: true });
        expect(made).to.deep.include({ state: "running", pendingRestart: [], restartDidNotBring: [] });
        const after = await guest.facts();
        expect(after.qemuStartTime).not.to.equal(before.qemuStartTime);
        expect(after.liveXml).to.contain("<memory unit='KiB'>49152</memory>");
      });

      it("running: false and removal: an error without forceOff, done with it", async () => {
        const off = { ...base, running: false };
        const error = await failureOf(guest.update("Domain", base, { ...off, title: "defined" }));
        expect(error.message).to.match(
          isDeaf ? /nothing has changed on the host/ : /did not power off[\s\S]*defined already: title;/,
        );
        expect((await failureOf(guest.delete("Domain", off))).message).to.match(/forceOff: true/);
        expect((await guest.facts()).liveXml).not.to.equal(null);
        const forced = await guest.update("Domain", base, { ...off, forceOff: true });
        expect(forced.state).to.equal("shut off");
        await guest.virsh("start");
        await make(guest);
        await guest.delete("Domain", { ...off, forceOff: true });
        expect((await readDomain(guest.connection, guest.name)).domain).to.equal(null);
      });

      it(`running: true ${on === "running" ? "lets it go on" : "leaves it, and says why"}`, async () => {
        const wanted = { ...base, running: true };
        const told = await guest.preview("Domain", wanted);
        await guest.update("Domain", wanted, wanted);
        if (on === "running") {
          expect(told.lines.join("\n")).to.contain(`${state} → running (live)`);
          expect((await guest.facts()).state).to.equal("running");
          expect((await guest.preview("Domain", wanted)).lines).to.deep.equal([]);
        } else {
          expect([told.isNeeded, told.runState]).to.deep.equal([false, []]);
          expect(told.lines.join("\n"))
            .to.contain(`is ${state}, and running: true does not change that`)
            .and.match(on);
          expect(await stateNow()).to.equal(state);
        }
      });
    });
});
