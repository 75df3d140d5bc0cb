import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { makeImage } from "../../tools/sandbox/images.ts";
import { temporaryFolder } from "../support/folders.ts";
import { type Guest, printGuestDisk, startGuest } from "../support/guest.ts";
import { type GuestLine, isEvent, isWindow } from "../support/guestConsole.ts";
import { patience } from "../support/patience.ts";
import { testName } from "../support/sandbox.ts";

const errorsOf = (guest: Guest): number =>
  guest.console.lines.filter(isWindow).reduce((sum, { errors }) => sum + errors, 0);

const guestSays = ({ console }: Guest, event: string, disk: string): Promise<GuestLine> =>
  console.waitFor(`${disk} ${event}`, isEvent(event, disk));

/** Waits until the live XML has lost the target. Returns the seconds since `begin`. */
async function secondsUntilGone(guest: Guest, target: string, begin: number): Promise<number> {
  while ((await guest.liveTargets()).includes(target)) {
    if (Date.now() - begin > 15_000 * patience())
      throw new Error(`${target} is still in the live XML after 15 s`);
    await pause(20);
  }
  return (Date.now() - begin) / 1000;
}

describe("the guest for tests", function () {
  this.timeout(180_000);
  let guest: Guest | undefined;
  afterEach(async () => {
    await guest?.remove();
    guest = undefined;
  });

  const cases = [
    { machine: "pc", kind: "virtio-blk", root: "vda", plugged: "vdb", type: "qemu" },
    { machine: "pc", kind: "virtio-blk", root: "vda", plugged: "vdb" },
    { machine: "q35", kind: "virtio-blk", root: "vda", plugged: "vdb" },
    { machine: "pc", kind: "virtio-scsi", root: "sda", plugged: "sdb" },
    { machine: "q35", kind: "virtio-scsi", root: "sda", plugged: "sdb" },
  ] as const;
  for (const { machine, kind, root, plugged, ...rest } of cases) {
    const under = "type" in rest ? `, type ${rest.type}` : "";
    it(`${machine}, ${kind}${under}: does IO, takes and lets go a disk under load, powers off`, async () => {
      const isScsi = kind === "virtio-scsi";
      const one = { name: "one", file: makeImage("guest-one.raw"), target: root };
      const two = {
        name: "two",
        file: makeImage("guest-two.raw"),
        target: plugged,
        ...(isScsi ? {} : { ioThread: 1 }),
      };
      const name = testName(`guest-${machine}-${root}`);
      const settings = "depth=4 mode=mixed window=200";
      guest = await startGuest({ name, machine, disks: [one], ioThreads: 1, settings, ...rest });
      const { console } = guest;
      const [first] = await console.windows(1);
      expect(first).to.include({ disk: "one", depth: 4, errors: 0 });
      expect(first?.requests).to.be.greaterThan(0);
      expect(first?.p50Ns).to.be.within(1_000, 1_000_000_000);

      for (let round = 0; round < 3; round++) {
        const seen = guestSays(guest, "plugged", "two");
        await guest.virsh(["attach-device", "--domain", name, "--live", "/dev/stdin"], printGuestDisk(two));
        expect(await seen).to.include({ sectors: (64 * 1024 * 1024) / 512 });
        const loaded = await console.windows(1);
        expect(loaded.find(({ disk }) => disk === "two")?.requests).to.be.greaterThan(0);
        const begin = Date.now();
        const missed = guestSays(guest, "unplugged", "two");
        await guest.virsh(["detach-device", "--domain", name, "--live", "/dev/stdin"], printGuestDisk(two));
        expect(await secondsUntilGone(guest, plugged, begin)).to.be.lessThan(2 * patience());
        await missed;
      }
      await guest.virsh(["iothreaddel", "--domain", name, "1", "--live"]);

      await console.set("depth=0 disk.one=1");
      const last = await console.windows(1);
      expect(last.map(({ disk, depth }) => [disk, depth])).to.deep.equal([["one", 1]]);
      expect(errorsOf(guest)).to.equal(0);

      const begin = Date.now();
      await guest.virsh(["shutdown", "--domain", name]);
      while ((await guest.virsh(["domstate", "--domain", name])).trim() !== "shut off") {
        if (Date.now() - begin > 15_000 * patience())
          throw new Error("the guest did not power off within 15 s");
        await pause(50);
      }
    });
  }

  it("notices a SCSI disk that goes and comes again between two looks", async () => {
    const one = { name: "one", file: makeImage("guest-one.raw"), target: "sda" };
    const two = { name: "two", file: makeImage("guest-two.raw"), target: "sdb" };
    const name = testName("guest-swap");
    guest = await startGuest({ name, disks: [one], settings: "depth=4 mode=mixed window=200" });
    const file = join(temporaryFolder("guestSwap"), "two.xml");
    writeFileSync(file, printGuestDisk(two));
    const attach = `attach-device --domain ${name} --live ${file}`;
    const came = guestSays(guest, "plugged", "two");
    await guest.virsh([attach]);
    await came;
    for (let round = 0; round < 5; round++) {
      await guest.console.windows(1);
      const back = guestSays(guest, "plugged", "two");
      await guest.virsh([`detach-device --domain ${name} --live ${file}; ${attach}`]);
      await back;
    }
    const loaded = await guest.console.windows(1);
    expect(loaded.find(({ disk }) => disk === "two")?.requests).to.be.greaterThan(0);
    expect(errorsOf(guest)).to.equal(0);
  });

  it("uses all queues of a disk", async () => {
    const one = { name: "one", file: makeImage("guest-one.raw"), target: "vda", queues: 4 };
    const name = testName("guest-queues");
    guest = await startGuest({ name, disks: [one], settings: "depth=8 window=200" });
    const [window] = await guest.console.windows(1);
    expect(window).to.include({ disk: "one", errors: 0 });
    expect(window?.requests).to.be.greaterThan(0);
    for (const queue of [0, 1, 2, 3]) {
      const path = "/machine/peripheral/virtio-disk0/virtio-backend";
      const question = JSON.stringify({ execute: "x-query-virtio-queue-status", arguments: { path, queue } });
      const answer = await guest.virsh(["qemu-monitor-command", "--domain", name, question]);
      expect(JSON.parse(answer).return["used-idx"], `queue ${queue}`).to.be.greaterThan(0);
    }
  });

  it("counts a failed request as an error", async () => {
    const disk = { name: "fixed", file: makeImage("guest-fixed.raw"), target: "vda", isReadOnly: true };
    guest = await startGuest({
      name: testName("guest-error"),
      disks: [disk],
      settings: "mode=writes window=200",
    });
    const [window] = await guest.console.windows(1);
    expect(window).to.include({ disk: "fixed", requests: 0 });
    expect(window?.errors).to.be.greaterThan(0);
  });

  it("refuses a setting that it does not know", async () => {
    guest = await startGuest({ name: testName("guest-settings") });
    const error = await guest.console.set("speed=11").catch((reason: unknown) => reason);
    expect(String(error)).to.contain("speed=11");
  });
});
