import { expect } from "chai";
import { HostError, mayHaveActed, PartialFailure } from "../../provider/errors.ts";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { KindName } from "../../provider/model/arguments/kinds.ts";
import { imagePath, makeImage } from "../../tools/sandbox/images.ts";
import { findChildren, waitFor } from "../../tools/sandbox/processes.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import type { Fault, FaultyHost } from "../support/faults.ts";
import { startFaultyHost } from "../support/faults.ts";
import { bootGuest, printGuestXml } from "../support/guest.ts";

/** One operation, with the calls of virsh that do something, and what is true when it is done. */
interface Scenario {
  readonly name: string;
  readonly kind: KindName;
  /** Declared and applied before; absent: nothing was. */
  readonly from?: Arguments;
  /** Absent: the resource is removed. */
  readonly to?: Arguments;
  /** Calls at which something goes wrong, one after another. */
  readonly at: readonly string[];
}

const faults: readonly Fault[] = ["cutBefore", "cutDuring", "cutAfter", "fail"];

describe("faults between any two steps", function () {
  this.timeout(180_000);
  let host: FaultyHost;
  let guest: TestDomain;
  let survived = 0;
  let foreign: string;
  const disk = (target: string, ioThread: number) => ({
    target,
    source: { file: imagePath(`faults-${target}.raw`) },
    ioThread,
  });
  before(async () => {
    host = await startFaultyHost();
    for (const target of ["vdb", "vdc", "vdd"]) makeImage(`faults-${target}.raw`, 1);
    guest = await testDomain("faults", host.uri());
    const xml = await printGuestXml({ name: guest.name, machine: "q35", ioThreads: 2, settings: "depth=0" });
    await runOne(guest.connection, "define", virsh(guest.connection, ["define", "/dev/stdin"], xml));
    await guest.virsh("desc", "--config", "somebody else's");
    // It has to boot before it can let a device go.
    (await bootGuest(guest.name)).close();
    foreign = (await guest.facts()).inactiveXml;
  });
  after(async () => {
    host.disarm();
    await guest.remove();
    await host.remove();
    console.log(`      ${survived} fault points survived`);
  });

  const scenarios: readonly Scenario[] = [
    {
      name: "a pin",
      kind: "IoThreadPin",
      from: { ioThread: 1, cpuset: "0" },
      to: { ioThread: 1, cpuset: "1" },
      at: ["version --daemon", "^-c \\S+ dumpxml --inactive", "define /dev/stdin", "iothreadpin"],
    },
    {
      name: "a thread with polling and a pool",
      kind: "IoThread",
      to: { ioThreadId: 5, pollMaxNs: 1000, threadPoolMin: 1, threadPoolMax: 2 },
      at: ["define /dev/stdin", "iothreadadd", "iothreadset .*--poll", "iothreadset .*--thread-pool"],
    },
    { name: "a disk", kind: "VirtioDisk", to: disk("vdb", 1), at: ["define /dev/stdin", "attach-device"] },
    {
      name: "a disk moved to another thread",
      kind: "VirtioDisk",
      from: { ...disk("vdc", 1), whenRunning: "detach" },
      to: { ...disk("vdc", 2), whenRunning: "detach" },
      at: ["define /dev/stdin", "detach-device", "attach-device"],
    },
    {
      name: "a controller",
      kind: "VirtioScsiController",
      to: { index: 5, ioThread: 1 },
      at: ["define /dev/stdin", "attach-device"],
    },
    {
      name: "a disk removed",
      kind: "VirtioDisk",
      from: { ...disk("vdd", 1), whenRunning: "detach" },
      at: ["define /dev/stdin", "detach-device"],
    },
  ];
  for (const scenario of scenarios) {
    for (const pattern of scenario.at) {
      for (const fault of faults) {
        it(`${scenario.name}: ${fault} at ${pattern}`, async () => {
          await survive(scenario, fault, pattern);
          survived++;
        });
      }
    }
  }

  async function survive({ kind, from, to }: Scenario, fault: Fault, pattern: string): Promise<void> {
    host.disarm();
    if (from) await guest.create(kind, from);
    const before = await guest.facts();
    host.arm(fault, pattern);
    const outcome = await act(kind, from, to).then(
      () => null,
      (error: unknown) => error,
    );
    expect(host.struck(), host.calls().join("\n")).to.equal(true);
    // A read that was cut is made again: then all is well, as if nothing had been.
    if (outcome !== null)
      expect(outcome instanceof HostError || outcome instanceof PartialFailure).to.equal(true);
    host.disarm();
    // An error that says nothing of what was done means that nothing was.
    if (outcome !== null && !mayHaveActed(outcome)) {
      const now = await guest.facts();
      expect(ids(now.inactiveXml)).to.equal(ids(before.inactiveXml));
      expect(ids(now.liveXml ?? "")).to.equal(ids(before.liveXml ?? ""));
    }
    // What was cut off runs to its end on the host, whoever listens.
    await waitFor("its end", 30_000, async () => (await host.running()) === "");
    // The next `up`; a resource that failed half-made is known to the state, another one is made anew.
    await act(kind, from, to);
    const args = to ?? from ?? {};
    const declared = to ? await guest.preview(kind, args) : null;
    if (declared) expect(declared.lines).to.deep.equal([]);
    else expect((await guest.facts()).inactiveXml).not.to.contain(`<target dev='${String(args.target)}'`);
    const after = await guest.facts();
    expect([after.qemuPid, after.qemuStartTime]).to.deep.equal([before.qemuPid, before.qemuStartTime]);
    expect(after.liveXml).to.match(to?.target ? new RegExp(`<target dev='${String(to.target)}'`) : /domain/);
    if (to) await guest.delete(kind, { ...to, whenRunning: "detach" });
    const left = await guest.facts();
    expect(ids(left.inactiveXml)).to.equal(ids(foreign));
    expect(host.leftovers()).to.deep.equal([]);
    expect(await host.running()).to.equal("");
    expect(findChildren(host.process.pid).length, "connections that are open").to.be.at.most(1);
  }

  function act(kind: KindName, from: Arguments | undefined, to: Arguments | undefined): Promise<unknown> {
    if (!to) return guest.delete(kind, from ?? {});
    return from ? guest.update(kind, from, to) : guest.create(kind, to);
  }
});

/** Ids of threads are printed or not, as libvirt likes; a disk that was put back is the next one that QEMU opened. */
const ids = (xml: string) => xml.replace(ours, "").replace(/(<source [^>]*) index='\d+'/g, "$1");

/** What our own changes leave in a definition when they are taken back: ids that are written out, an empty tuning. */
const ours = /\s*<iothreadids>[\s\S]*?<\/iothreadids>|\s*<cputune>[\s\S]*?<\/cputune>|\s*<cputune\/>/g;
