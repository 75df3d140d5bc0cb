import { expect } from "chai";
import { HostError, PartialFailure } from "../../provider/errors.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import type { FaultyHost } from "../support/faults.ts";
import { startFaultyHost } from "../support/faults.ts";
import { patience } from "../support/patience.ts";
import type { TestUser } from "../support/users.ts";
import { makeTestUser } from "../support/users.ts";

const limits = ["PULUMI_VIRSH_ANSWER_SECONDS", "PULUMI_VIRSH_COMMAND_SECONDS"];

describe("a libvirtd that dies or hangs, and a host that is full", function () {
  this.timeout(300_000);
  let user: TestUser;
  let host: FaultyHost;
  let guest: TestDomain;
  const session = (uri: string) => uri.replace("/system?", "/session?");
  before(async () => {
    user = await makeTestUser("dies");
    host = await startFaultyHost({ users: [user.name] });
    guest = await testDomain("dies", session(host.uri(user.name)));
    await guest.create("Domain", { type: "qemu", memory: "32 MiB", ioThreads: 1, running: true });
  });
  after(async () => {
    host.disarm();
    await guest.remove();
    await host.remove();
    await user.remove();
  });

  for (const at of ["define /dev/stdin", "iothreadpin"]) {
    it(`killed just before ${at}: the guest runs on, and the next up converges`, async () => {
      const before = await guest.facts();
      const cpuset = at === "iothreadpin" ? "1" : "0";
      host.arm("killDaemon", at);
      const outcome = await guest.create("IoThreadPin", { ioThread: 1, cpuset }).then(
        () => null,
        (error: unknown) => error,
      );
      expect(host.struck()).to.equal(true);
      if (outcome !== null)
        expect(outcome instanceof HostError || outcome instanceof PartialFailure).to.equal(true);
      host.disarm();
      await guest.create("IoThreadPin", { ioThread: 1, cpuset });
      expect((await guest.preview("IoThreadPin", { ioThread: 1, cpuset })).lines).to.deep.equal([]);
      const after = await guest.facts();
      expect([after.qemuPid, after.qemuStartTime]).to.deep.equal([before.qemuPid, before.qemuStartTime]);
    });
  }

  for (const [fault, what] of [
    ["stopDaemon", "a libvirtd that hangs"],
    ["slow", "a command beyond its limit"],
  ] as const) {
    it(`${what} in mid-apply is an error in time; the guest runs on, and the next up converges`, async () => {
      await guest.create("IoThreadPin", { ioThread: 1, cpuset: "0" });
      const before = await guest.facts();
      for (const variable of limits) process.env[variable] = String(Math.ceil(2 * patience()));
      host.arm(fault, "iothreadpin");
      const start = performance.now();
      try {
        const error = await failureOf(guest.create("IoThreadPin", { ioThread: 1, cpuset: "1" }));
        expect(host.struck()).to.equal(true);
        expect(error instanceof HostError || error instanceof PartialFailure, String(error)).to.equal(true);
        expect(error.message).to.match(/time limit|hangs/);
        expect(performance.now() - start).to.be.lessThan(30_000 * patience());
      } finally {
        for (const variable of limits) delete process.env[variable];
        host.disarm();
        for (const daemon of user.processes("libvirtd")) process.kill(daemon, "SIGCONT");
      }
      await waitFor("its end", 60_000, async () => (await host.running()) === "");
      await guest.create("IoThreadPin", { ioThread: 1, cpuset: "1" });
      expect((await guest.preview("IoThreadPin", { ioThread: 1, cpuset: "1" })).lines).to.deep.equal([]);
      const after = await guest.facts();
      expect([after.qemuPid, after.qemuStartTime]).to.deep.equal([before.qemuPid, before.qemuStartTime]);
      expect(host.leftovers()).to.deep.equal([]);
    });
  }

  it("a full disk is told, nothing has changed, and with room the next up goes on", async () => {
    const folder = (await mustRun(["sh", "-c", `echo ~${user.name}/.config/libvirt/qemu`])).trim();
    const kept = await mustRun(["sh", "-c", 'cd "$1" && tar c .', "sh", folder]).then(() => folder);
    const before = await guest.facts();
    await mustRun([
      "sh",
      "-c",
      'cp -a "$1" "$1.kept" && mount -t tmpfs -o size=64k,mode=777 none "$1"',
      "sh",
      kept,
    ]);
    try {
      await mustRun([
        "sh",
        "-c",
        'cp -a "$1.kept/." "$1/"; dd if=/dev/zero of="$1/fill" 2>/dev/null; true',
        "sh",
        kept,
      ]);
      const error = await failureOf(guest.create("IoThread", { ioThreadId: 9 }));
      expect(error.message, error.message).to.match(/No space left on device[\s\S]*free disk space/);
      expect((await guest.facts()).liveXml).not.to.contain("<iothread id='9'");
      await mustRun(["rm", `${kept}/fill`]);
      expect((await guest.create("IoThread", { ioThreadId: 9 })).ioThreadId).to.equal(9);
      expect((await guest.facts()).qemuPid).to.equal(before.qemuPid);
    } finally {
      await mustRun(["umount", "-l", kept]);
    }
  });
});
