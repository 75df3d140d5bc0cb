import { expect } from "chai";
import { HostError } from "../../provider/errors.ts";
import { readHost } from "../../provider/host/read/read.ts";
import { callFunction } from "../../provider/operations/functions.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { run } from "../../tools/sandbox/run.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { sandbox } from "../support/sandbox.ts";

/** Longest time of a read beside a guest that does not answer: three limits of 5 s for batches, and their work. */
const previewLimitMs = 25_000;

describe("a guest that does not answer beside one that does", function () {
  this.timeout(300_000);
  let box: Sandbox;
  let hung: TestDomain;
  let other: TestDomain;
  let pid: number;
  let holder: Promise<unknown>;
  const base = () => ({ type: box.domainType, memory: "32 MiB", ioThreads: [{ id: 1, pollMaxNs: 32768 }] });
  before(async () => {
    box = await sandbox();
  });
  beforeEach(async () => {
    hung = await testDomain("hung");
    other = await testDomain("other");
    for (const guest of [hung, other]) await guest.create("Domain", { ...base(), running: true });
    pid = (await hung.facts()).qemuPid ?? 0;
    process.kill(pid, "SIGSTOP");
    holder = Promise.resolve();
  });
  afterEach(async () => {
    await run(["kill", "-CONT", String(pid)]);
    await holder;
    for (const guest of [hung, other]) await guest.remove();
  });

  /** A client that keeps a job of the hung guest until its QEMU goes on. */
  async function holdJob(): Promise<void> {
    const argv = ["virsh", "-c", "qemu:///system", "qemu-monitor-command", hung.name];
    holder = run([...argv, '{"execute":"query-status"}'], { timeoutMs: 250_000 });
    const isHeld = async () => (await hung.virsh("domcontrol")).startsWith("occupied");
    await waitFor("the other's job", 60_000, isHeld);
  }

  for (const isHeld of [false, true])
    describe(isHeld ? "its QEMU hangs and another client waits for it" : "its QEMU hangs", () => {
      beforeEach(async () => {
        if (isHeld) await holdJob();
      });

      it("the other is compared as ever, in a bounded time; the hung one is read or named", async () => {
        const begin = performance.now();
        const { domains, busy } = await readHost(hung.connection);
        expect(performance.now() - begin).to.be.lessThan(previewLimitMs);
        expect(domains.get(other.name)?.ioThreads[0]?.pollMaxNs).to.equal(32768);
        expect(domains.has(hung.name)).not.to.equal(busy.has(hung.name));
        const changed = await other.preview("Domain", base(), {
          ...base(),
          ioThreads: [{ id: 1, pollMaxNs: 65536 }],
        });
        expect(changed.changes.map(({ label }) => label)).to.deep.equal(["live"]);
      });

      it("the hung one is never taken for gone or changed", async () => {
        const same = await hung.preview("Domain", { ...base(), whenRunning: "restart" });
        expect([same.isNeeded, same.lines]).to.deep.equal([false, []]);
        const listed = await callFunction("listDomains", { host: hung.connection.host });
        expect(JSON.stringify(listed.values)).to.contain(`"${hung.name}"`);
      });

      it("polling that the program edits keeps its label, if the guest could be read", async () => {
        const edited = { ...base(), ioThreads: [{ id: 1, pollMaxNs: 65536 }] };
        const told = await hung.preview("Domain", base(), edited);
        if (told.unreachable) expect(told.unreachable.code).to.equal("domainBusy");
        else expect(told.changes.map(({ label }) => label)).to.deep.equal(["live"]);
      });
    });

  it("up says which guest is busy, and changes nothing", async () => {
    await holdJob();
    const error = await failureOf(hung.create("IoThreadPin", { ioThread: 1, cpuset: "0" }));
    expect(error instanceof HostError && error.code).to.equal("domainBusy");
    expect(error.message).to.contain(hung.name);
    process.kill(pid, "SIGCONT");
    expect((await hung.facts()).inactiveXml).not.to.contain("iothreadpin");
    expect((await hung.create("IoThreadPin", { ioThread: 1, cpuset: "0" })).cpusAllowed).to.equal("0");
  });
});
