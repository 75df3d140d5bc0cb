import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import type { Activity, DomainActivity } from "../../provider/plan/activity/activity.ts";
import { run } from "../../tools/sandbox/run.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { featureOf } from "../support/features.ts";
import { bootGuest, type Guest, printGuestXml, startGuest } from "../support/guest.ts";
import { makeFilledImage } from "../support/guestImage.ts";
import { startHost } from "../support/hosts.ts";
import { patience } from "../support/patience.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const program = ["node", "dist/provider/cli/main.js", "top"];

describe("pulumi-virsh top", function () {
  this.timeout(180_000);
  let box: Sandbox;
  let guest: Guest;
  const name = testName("top");
  before(async () => {
    box = await sandbox();
    const disk = (letter: string, ioThread?: number) => ({
      name: letter,
      file: makeFilledImage(`top-${letter}.raw`),
      target: `vd${letter}`,
      ...(ioThread === undefined ? {} : { ioThread }),
    });
    // So that a disk is as busy as a test says, however long the guest waits for a CPU beside other load.
    const slow = { requestsPerSecond: 10 };
    const slowDisks = [disk("a"), disk("b"), disk("c", 1), disk("d", 1)].map((each) => ({
      ...each,
      ...slow,
    }));
    guest = await startGuest({
      name,
      disks: [...slowDisks, disk("e", 2)],
      ioThreads: 3,
      settings: "depth=0 window=200",
    });
  });
  after(() => guest.remove());

  /** Sets the load and samples one second of it. */
  async function look(load: string): Promise<DomainActivity> {
    await guest.console.set(load);
    await guest.console.windows(1);
    const result = await run([...program, box.uri, name, "--once", "--json"]);
    expect(result.exitCode, result.stderr).to.equal(0);
    const activity = JSON.parse(result.stdout) as Activity;
    expect(activity.missing).to.deep.equal([]);
    expect(activity.seconds).to.be.within(0.9, 3 * patience());
    const [domain] = activity.domains;
    expect(domain?.name).to.equal(name);
    return domain as DomainActivity;
  }
  const kinds = ({ findings }: DomainActivity): string[] =>
    findings.map(({ kind, subject }) => `${kind}: ${subject}`);
  /** Without findings that other work on the machine may cause. */
  const ownKinds = (domain: DomainActivity): string[] =>
    kinds(domain).filter((kind) => !/^(starved|saturated)/.test(kind));

  it("sees threads by kind, and who serves what", async () => {
    const domain = await look("depth=0");
    expect(domain.threads.map(({ kind, id, serves }) => [kind, id, serves]).slice(0, 5)).to.deep.equal([
      ["main loop", null, ["vda", "vdb"]],
      ["IO thread", 1, ["vdc", "vdd"]],
      ["IO thread", 2, ["vde"]],
      ["IO thread", 3, []],
      ["vCPU", 0, []],
    ]);
    const [, first] = domain.threads;
    // QEMU 11.1, which has the weight, tells its defaults by their values; older ones say 0.
    const usual = (await featureOf(connectionTo(box.uri), "pollWeight")).isThere ? 2 : 0;
    const polling = { maxNs: 32768, grow: usual, shrink: usual };
    expect(first).to.deep.include({ cpusAllowed: box.cpus, polling });
    expect(domain.disks.map(({ target, ioThreads }) => [target, ioThreads])).to.deep.equal([
      ["vda", []],
      ["vdb", []],
      ["vdc", [1]],
      ["vdd", [1]],
      ["vde", [2]],
    ]);
    expect(ownKinds(domain)).to.deep.equal(["unused: IO thread 3"]);
  });

  it("agrees with the guest's own count of requests", async () => {
    // One lap of load in a window, of 1.7 s: the guest's rest between two laps, which it does not count, is short beside it.
    await guest.console.set("disk.d=16 window=100");
    const from = guest.console.windows(4);
    const domain = await look("disk.d=16");
    const windows = (await from).filter(({ disk }) => disk === "d");
    const rates = windows.map(({ requests, us }) => (requests / us) * 1e6);
    const seen = domain.disks.find(({ target }) => target === "vdd")?.readsPerSecond ?? 0;
    await guest.console.set("window=200");
    expect(seen).to.be.within(Math.min(...rates) * 0.6, Math.max(...rates) * 1.2);
    expect(ownKinds(domain)).to.deep.equal(["unused: IO thread 3"]);
  });

  it("finds a busy disk on the main loop, a note while it is alone there", async () => {
    const alone = await look("disk.d=0 disk.a=8");
    const [finding] = alone.findings.filter(({ kind }) => kind === "main loop");
    expect(finding).to.include({ subject: "vda", level: "note" });
    const both = await look("disk.a=12 disk.b=16");
    const found = both.findings.filter(({ kind }) => kind === "main loop");
    expect(found.map(({ subject, level }) => [subject, level])).to.deep.equal([
      ["vda", "warning"],
      ["vdb", "warning"],
    ]);
    expect(found[0]?.text).to.match(/^vda: \d+ IO\/s served by the main loop beside vdb$/);
  });

  it("finds two busy disks on one thread", async () => {
    const shallow = await look("disk.a=0 disk.b=0 disk.c=3 disk.d=3");
    expect(shallow.findings.find(({ kind }) => kind === "shared")?.level).to.equal("note");
    const deep = await look("disk.c=12 disk.d=16");
    expect(deep.findings.find(({ kind }) => kind === "shared")).to.include({
      subject: "IO thread 1",
      level: "warning",
      remedy: "give each a thread of its own",
    });
  });

  it("finds a thread starved of a CPU, and a pin that is not in force", async () => {
    if (box.cpus.length < 2) throw new Error("needs two CPUs");
    await guest.virsh(["iothreadpin", "--domain", name, "2", "0-1", "--live"]);
    const before = await look("disk.c=0 disk.d=0 disk.e=16");
    const thread = before.threads.find(({ kind, id }) => kind === "IO thread" && id === 2);
    expect(kinds(before)).not.to.include("pin not in force: IO thread 2");
    const moved = await run(["taskset", "-pc", "0", String(thread?.threadId)]);
    expect(moved.exitCode, moved.stderr).to.equal(0);
    // Each has a session of its own, and so the same share of the CPU as all guests together.
    const spinners = Array.from({ length: 12 }, () =>
      spawn("taskset", ["-c", "0", "sh", "-c", "while :; do :; done"], { detached: true }),
    );
    try {
      // More work at once than the thread gets done in one turn.
      const after = await look("disk.e=64 block=16384");
      expect(kinds(after), JSON.stringify(after.threads))
        .to.include("pin not in force: IO thread 2")
        .and.include("starved: IO thread 2");
    } finally {
      for (const each of spinners) each.kill();
    }
  });

  it("tells a thread that polls from one that works", async () => {
    await guest.virsh(["iothreadset", "--domain", name, "2", "--poll-max-ns", "1000000000", "--live"]);
    await guest.virsh(["iothreadpin", "--domain", name, "2", "1", "--live"]);
    const domain = await look("disk.e=1 block=4096 think=5000");
    expect(kinds(domain), JSON.stringify(domain.threads)).to.include("polling: IO thread 2");
    await guest.virsh(["iothreadset", "--domain", name, "2", "--poll-max-ns", "32768", "--live"]);
    await guest.console.set("think=0");
  });

  it("prints tables without colours where nobody watches, one view per interval", async () => {
    await guest.console.set("disk.e=4 disk.a=1 disk.b=4");
    const child = spawn("node", [...program.slice(1), box.uri, name, "--interval", "0.3"]);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    while (output.split("1 running domain").length < 4 && child.exitCode === null) await pause(50);
    child.kill("SIGINT");
    const code = await ended;
    expect(code).to.equal(0);
    expect(output).not.to.contain("\x1b");
    expect(output)
      .to.match(/IO thread 2 +\d+ .* vde$/m)
      .and.match(/vda .* main loop$/m);
    expect(output).to.contain("! IO thread 3 serves no disk and no controller; give it a disk, or remove it");
  });

  it("asks again when somebody else is asking the guest just then, or says so", async () => {
    const loop = 'while :; do virsh -q -c qemu:///system domstats --block "$0" >&2; sleep 0.02; done';
    const asker = spawn("sh", ["-c", loop, name], { stdio: "ignore" });
    try {
      const views: Activity[] = [];
      for (let count = 0; count < 3; count++) {
        const result = await run([...program, box.uri, name, "--once", "--json", "--interval", "0.5"]);
        expect(result.exitCode, result.stderr).to.equal(0);
        views.push(JSON.parse(result.stdout) as Activity);
      }
      for (const { domains, missing } of views) {
        if (missing.length > 0) expect(missing[0]).to.match(/^disks of .*: another job has the guest/);
        else expect(domains[0]?.disks.map(({ target }) => target)).to.include("vde");
      }
      expect(views.some(({ domains }) => domains[0]?.disks.length === 5)).to.equal(true);
    } finally {
      asker.kill();
    }
  });

  it("says what a user may not see, and shows the rest", async () => {
    // Root without the capability to see other users' processes in a /proc that hides them.
    const mount = "mount -t proc -o hidepid=ptraceable proc /proc";
    const drop = "setpriv --bounding-set=-sys_ptrace --inh-caps=-sys_ptrace";
    const blind = `unshare -m sh -c '${mount} && exec ${drop} sh -c "$SSH_ORIGINAL_COMMAND"'`;
    const host = await startHost({ lines: [`ForceCommand ${blind}`] });
    try {
      await guest.console.set("disk.e=4");
      const result = await run([...program, host.uri(), name, "--once", "--json"]);
      expect(result.exitCode, result.stderr).to.equal(0);
      const { missing, domains } = JSON.parse(result.stdout) as Activity;
      expect(missing.join()).to.match(/^user root can't see the threads of .*: no CPU, /);
      expect(domains[0]?.threads).to.deep.equal([]);
      const disk = domains[0]?.disks.find(({ target }) => target === "vde");
      expect(disk).to.deep.include({ ioThreads: [2] });
      expect(disk?.readsPerSecond).to.be.greaterThan(0);
    } finally {
      await host.remove();
    }
  });

  it("fails with what runs there, for a name that does not", async () => {
    const result = await run([...program, box.uri, testName("absent"), "--once"]);
    expect(result.exitCode).to.equal(1);
    expect(result.stderr)
      .to.contain(`"${testName("absent")}" can't be found running`)
      .and.contain(name);
  });
});

describe("pulumi-virsh top of a disk that several threads serve", function () {
  this.timeout(180_000);
  const name = testName("top-mapped");
  after(() => removeDomain(name));

  it("names them all, and calls none of them unused and no disk the main loop's", async () => {
    const { uri } = await sandbox();
    const connection = connectionTo(uri);
    const { isThere, needs } = await featureOf(connection, "diskIoThreads");
    const file = makeFilledImage("top-mapped.raw");
    const disk = { name: "a", file, target: "vda", ioThreads: [1, 2], queues: 2 };
    const xml = await printGuestXml({ name, ioThreads: 2, disks: [disk], settings: "depth=64 window=200" });
    await runOne(connection, "define", virsh(connection, ["define", "/dev/stdin"], xml));
    const console = await bootGuest(name);
    await console.windows(1);
    const result = await run([...program, uri, name, "--once", "--json"]);
    console.close();
    const [domain] = (JSON.parse(result.stdout) as Activity).domains;
    const unused = domain?.findings.filter(({ kind }) => kind === "unused" || kind === "main loop");
    if (isThere) {
      expect(domain?.disks.map(({ target, ioThreads }) => [target, ioThreads])).to.deep.equal([
        ["vda", [1, 2]],
      ]);
      const serving = domain?.threads.filter(({ kind }) => kind === "IO thread" || kind === "main loop");
      expect(serving?.map(({ id, serves }) => [id, serves])).to.deep.equal([
        [null, []],
        [1, ["vda"]],
        [2, ["vda"]],
      ]);
      expect(unused).to.deep.equal([]);
    } else {
      // Older versions drop the mapping, which the table says and lint L8 tells.
      expect(needs).to.contain("libvirt 10.0.0");
      expect(unused?.map(({ subject }) => subject)).to.have.members(["IO thread 1", "IO thread 2", "vda"]);
    }
  });
});
