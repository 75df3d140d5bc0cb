import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readProfile } from "../../provider/host/activity/profile.ts";
import { closeConnections, connectionTo } from "../../provider/host/connections.ts";
import type { Comparison } from "../../provider/plan/activity/compare.ts";
import { percentileUs } from "../../provider/plan/activity/histogram.ts";
import type { Profile } from "../../provider/plan/activity/profile.ts";
import { run } from "../../tools/sandbox/run.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import { startFaultyHost } from "../support/faults.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { type Guest, printGuestDisk, startGuest } from "../support/guest.ts";
import { isWindow } from "../support/guestConsole.ts";
import { makeFilledImage } from "../support/guestImage.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const program = ["node", "dist/provider/cli/main.js"];

describe("pulumi-virsh measure and compare", function () {
  this.timeout(180_000);
  let box: Sandbox;
  let guest: Guest;
  let folder: string;
  const name = testName("measure");
  const quiet = { name: "quiet", file: makeFilledImage("measure-quiet.raw"), target: "vda" };
  const busy = ["vdb", "vdc", "vdd"].map((target) => {
    return { name: `busy-${target}`, file: makeFilledImage(`measure-${target}.raw`), target };
  });
  before(async () => {
    box = await sandbox();
    folder = temporaryFolder("measure");
    // Other load on the machine can hide a small gain of a thread. Beside three busy disks, the gain is large.
    const settings = "depth=64 disk.quiet=1 window=200";
    guest = await startGuest({ name, disks: [quiet, ...busy], settings });
    await guest.console.windows(1);
  });
  after(async () => {
    await guest.remove();
    removeFolder(folder);
  });

  async function measure(file: string, ...more: readonly string[]): Promise<Profile> {
    const output = join(folder, file);
    const result = await run([
      ...program,
      "measure",
      box.uri,
      name,
      "--for",
      "6s",
      "--output",
      output,
      ...more,
    ]);
    expect(result.exitCode, result.stderr).to.equal(0);
    return JSON.parse(readFileSync(output, "utf8")) as Profile;
  }
  async function compare(before: string, after: string): Promise<Comparison> {
    const files = [join(folder, before), join(folder, after)];
    const result = await run([...program, "compare", ...files, "--json"]);
    expect(result.exitCode, result.stderr).to.equal(0);
    return JSON.parse(result.stdout) as Comparison;
  }
  const tainted = async (): Promise<boolean> =>
    (await guest.virsh(["dominfo", "--domain", name])).includes("custom monitor");

  it("shows what threads of their own did for a quiet disk beside a busy one, without a restart", async () => {
    const before = await measure("before.json");
    expect(before).to.include({ kind: "pulumi-virsh profile", version: 1, domain: name });
    // A loaded machine gives fewer windows and takes longer.
    expect(before.windows).to.be.within(5, 12);
    expect(before.seconds).to.be.at.least(6);
    expect(before.notes).to.deep.equal([]);
    expect(before.disks.map(({ target, ioThreads }) => [target, ioThreads])).to.deep.equal(
      [quiet, ...busy].map(({ target }) => [target, []]),
    );
    for (const id of ["1", "2"]) await guest.virsh(["iothreadadd", "--domain", name, id, "--live"]);
    for (const disk of [quiet, ...busy]) {
      const ioThread = disk === quiet ? 1 : 2;
      await guest.virsh(["detach-device", "--domain", name, "--live", "/dev/stdin"], printGuestDisk(disk));
      expect(await guest.liveTargets()).not.to.include(disk.target);
      const moved = printGuestDisk({ ...disk, ioThread });
      await guest.virsh(["attach-device", "--domain", name, "--live", "/dev/stdin"], moved);
    }
    await guest.console.windows(2);
    const after = await measure("after.json");
    const compared = await compare("before.json", "after.json");
    const ratio = (what: string) =>
      compared.rows.find((row) => row.subject === "vda" && row.what === what)?.ratio ?? 0;
    expect(after.disks.map(({ target, ioThreads }) => [target, ioThreads])).to.deep.equal([
      ["vda", [1]],
      ...busy.map(({ target }) => [target, [2]]),
    ]);

    expect(compared.notes)
      .to.include("vda: main loop before, IO thread 1 after")
      .and.include("IO thread 1: only after");
    expect(ratio("IO/s")).to.be.greaterThan(1.5);
    expect(ratio("mean µs")).to.be.within(0.001, 0.7);
    const errors = guest.console.lines.filter(isWindow).map((line) => line.errors);
    expect(Math.max(...errors)).to.equal(0);
    const text = await run([...program, "compare", join(folder, "before.json"), join(folder, "after.json")]);
    // Under load, windows may differ more among themselves than before and after the change.
    expect(text.stdout).to.match(/^vda +IO\/s +\S+ +\S+ +×\d+\.\d\d +(better|within the noise)$/m);
    console.log(text.stdout.replace(/^/gm, "    "));
  });

  it("watches for as long as was asked, where libvirt keeps a question about the guest waiting", async () => {
    const host = await startFaultyHost();
    try {
      // As for a job of another client, which dumpxml waits for from libvirt 11 on.
      host.arm("otherFirst", "dumpxml", { other: "sleep 4.2", always: true });
      const profile = await readProfile(connectionTo(host.uri()), { domain: name, seconds: 6 });
      expect(profile.seconds).to.be.at.least(6);
    } finally {
      await closeConnections();
      await host.remove();
    }
  });

  it("leaves no taint, unless histograms are asked for; those agree with the guest's clock", async () => {
    expect(await tainted()).to.equal(false);
    const from = guest.console.lines.length;
    const profile = await measure("histogram.json", "--histograms");
    expect(await tainted()).to.equal(true);
    expect(profile.notes.join()).to.contain("tainted");
    const latencies = profile.disks.find(({ target }) => target === "vda")?.latencies;
    if (!latencies) throw new Error("no histogram of vda");
    const median = percentileUs(latencies, 50) ?? 0;
    // The window in which the measurement ended counts too: the median of all lies between the windows' medians.
    await guest.console.windows(1);
    const windows = guest.console.lines.slice(from).filter(isWindow);
    const own = windows.filter(({ disk }) => disk === "quiet").flatMap(({ p50Ns }) => p50Ns ?? []);
    // QEMU's share is below the total. The guest's windows vary on a busy machine.
    expect(median).to.be.within(Math.min(...own) / 1000 / 4, (Math.max(...own) / 1000) * 1.25);
    const still = await guest.virsh([
      "qemu-monitor-command",
      "--domain",
      name,
      '{"execute":"query-blockstats"}',
    ]);
    expect(still).not.to.contain("latency_histogram");
  });

  it("refuses what is no profile, and a guest that does not run", async () => {
    const wrong = join(folder, "wrong.json");
    writeFileSync(wrong, '{"kind":"other"}');
    const refused = await run([...program, "compare", wrong, wrong]);
    expect(refused.exitCode).to.equal(1);
    expect(refused.stderr).to.contain("is not a profile that `pulumi-virsh measure` wrote");
    const absent = await run([...program, "measure", box.uri, testName("absent"), "--for", "5s"]);
    expect(absent.exitCode).to.equal(1);
    expect(absent.stderr).to.contain("can't be found running");
    const short = await run([...program, "measure", box.uri, name, "--for", "1s"]);
    expect(short.exitCode).to.equal(1);
    expect(short.stderr).to.contain("It must be a time like 60s");
  });
});
