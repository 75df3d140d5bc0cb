import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { interruptedBy } from "../../provider/host/connection/interruption.ts";
import { forgetSnapshot } from "../../provider/host/read/snapshot.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { diffResource } from "../../provider/operations/diff.ts";
import { updateResource } from "../../provider/operations/resource.ts";
import type { Measured } from "../../provider/plan/activity/compare.ts";
import { run } from "../../tools/sandbox/run.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import { startFaultyHost } from "../support/faults.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { type Guest, startGuest } from "../support/guest.ts";
import { isEvent, isWindow } from "../support/guestConsole.ts";
import { makeFilledImage } from "../support/guestImage.ts";

const measure = { seconds: 3 };
const moved = { target: "vda", ioThread: 1, whenRunning: "detach" } as const;

describe("measure of a resource", function () {
  this.timeout(180_000);
  let domain: TestDomain;
  let guest: Guest;
  before(async () => {
    domain = await testDomain("measured");
    guest = await startGuest({
      name: domain.name,
      ioThreads: 1,
      disks: [
        { name: "quiet", file: makeFilledImage("measured-quiet.raw"), target: "vda" },
        { name: "busy", file: makeFilledImage("measured-busy.raw"), target: "vdb" },
      ],
      settings: "depth=0 disk.quiet=1 disk.busy=64 window=200",
    });
    await guest.console.windows(1);
  });
  after(async () => {
    guest.console.close();
    await domain.remove();
  });
  const unplugged = () => guest.console.lines.filter(isEvent("unplugged")).length;

  it("is no change by itself: nothing is asked of the host, and nothing is measured", async () => {
    const made = await domain.create("VirtioDisk", { target: "vda" });
    expect(made.measured).to.equal(null);
    const told = await domain.preview("VirtioDisk", { target: "vda" }, { target: "vda", measure });
    expect(told).to.deep.include({ isNeeded: false, changes: [], lines: [] });
    const before = await domain.facts();
    const begin = Date.now();
    const kept = await domain.update("VirtioDisk", { target: "vda" }, { target: "vda", measure });
    expect(Date.now() - begin).to.be.lessThan(measure.seconds * 1000);
    expect(kept.measured).to.equal(null);
    const after = await domain.facts();
    expect([after.liveXml, after.inactiveXml]).to.deep.equal([before.liveXml, before.inactiveXml]);
    expect(unplugged()).to.equal(0);
  });

  it("shows what a thread of its own did for a disk, in the outputs and in the next preview's report", async () => {
    const args = { ...moved, measure };
    const made = await domain.update("VirtioDisk", { target: "vda" }, args);
    const measured = made.measured as Measured;
    expect(measured.notes).to.include("vda: main loop before, IO thread 1 after");
    const row = (what: string) => measured.rows.find((each) => each.subject === "vda" && each.what === what);
    // Checks only that the gain is reported. test/host/measure.test.ts and the showcase check its size.
    for (const what of ["IO/s", "mean µs"]) {
      const { before = 0, after = 0, ratio } = row(what) ?? {};
      expect(Math.min(before, after), JSON.stringify(measured)).to.be.greaterThan(0);
      expect(ratio).to.be.closeTo(after / before, 0.01);
    }
    expect(guest.console.lines.filter(isWindow).every(({ errors }) => errors === 0)).to.equal(true);

    const folder = temporaryFolder("measured");
    const file = join(folder, "plan.jsonl");
    process.env.PULUMI_VIRSH_PLAN = file;
    try {
      forgetSnapshot(domain.connection);
      const placed = { ...domain.place, ...args };
      const again = await diffResource(kinds.VirtioDisk, placed, placed, { measured });
      expect(again.lines).to.deep.equal([]);
    } finally {
      delete process.env.PULUMI_VIRSH_PLAN;
    }
    const report = await run(["node", "dist/provider/cli/main.js", "report", file]);
    expect(report.exitCode, report.stderr).to.equal(0);
    expect(report.stdout)
      .to.contain("Measured at the last update (1)")
      .and.to.match(/VirtioDisk vda, [0-9-]+ [0-9:]+ UTC, 3 s before and after/)
      .and.to.match(/vda: (IO\/s|mean µs|in flight|within the noise)/);
    expect(readFileSync(file, "utf8")).to.contain('"measured":{');
    console.log(report.stdout.replace(/^/gm, "      "));
    removeFolder(folder);
  });

  it("keeps the last measurement while nothing else is done, and forgets it where it is not declared", async () => {
    const args = { ...domain.place, ...moved, measure };
    const last: Measured = { at: "2026-01-01T00:00:00.000Z", seconds: 3, rows: [], notes: ["the last one"] };
    const update = async (to: Arguments) =>
      (await updateResource(kinds.VirtioDisk, args, to, { measured: last })).outputs.measured;
    expect(await update({ ...args, measure: { seconds: 5 } })).to.deep.equal(last);
    expect(await update({ ...domain.place, ...moved })).to.equal(null);
  });

  it("of an IoThread shows its thread, and the disks that it serves", async () => {
    const thread = { ioThreadId: 1, measure };
    await domain.create("IoThread", { ...thread, pollMaxNs: 0 });
    const to = { ...thread, pollMaxNs: 65_536 };
    const { measured } = await domain.update("IoThread", { ...thread, pollMaxNs: 0 }, to);
    const told = (measured as Measured).rows.map(({ subject, what }) => `${subject} ${what}`);
    expect(told).to.include.members(["vda IO/s", "IO thread 1 CPU %", "main loop CPU %"]);
  });

  const notes: readonly { name: string; act: () => Promise<Arguments>; says: RegExp }[] = [
    {
      name: "a time limit that leaves no room",
      act: async () => {
        const args = { ...domain.place, ioThreadId: 1, measure };
        const update = () => updateResource(kinds.IoThread, args, { ...args, pollMaxNs: 32_768 });
        return (await interruptedBy(AbortSignal.timeout(60_000), update, 10)).outputs;
      },
      says: /^not measured: twice 3 s leave too little of the update's time limit, 10 s$/,
    },
    {
      name: "a change that waits for the next power cycle",
      act: () =>
        domain.update(
          "VirtioDisk",
          { ...moved, measure },
          { ...moved, whenRunning: "live", discard: "unmap", measure },
        ),
      says: /^not measured: the change waits for the next power cycle$/,
    },
    {
      name: "a host that does not answer the measurement",
      act: async () => {
        const host = await startFaultyHost();
        try {
          const faulty = await testDomain("measured", host.uri());
          const args = { ioThreadId: 1, measure };
          host.arm("fail", "^-r .* list --uuid --name");
          const made = await faulty.update("IoThread", args, { ...args, pollMaxNs: 20_000 });
          expect([host.struck(), made.pollMaxNs]).to.deep.equal([true, 20_000]);
          return made;
        } finally {
          await host.remove();
        }
      },
      says: /^not measured: can't read what the domains do/,
    },
    {
      name: "a guest that is off",
      act: async () => {
        await domain.virsh("destroy");
        return domain.update(
          "VirtioDisk",
          { ...moved, measure },
          { ...moved, discard: "unmap", cache: "writeback", io: "threads", measure },
        );
      },
      says: /^not measured: the guest is off$/,
    },
  ];
  for (const { name, act, says } of notes) {
    it(`is a note, not an error, with ${name}`, async () => {
      const { rows, notes: told } = (await act()).measured as Measured;
      expect(rows).to.deep.equal([]);
      expect(told.join()).to.match(says);
    });
  }
});
