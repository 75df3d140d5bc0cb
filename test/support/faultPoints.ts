import { expect } from "chai";
import { HostError, mayHaveActed, PartialFailure } from "../../provider/errors.ts";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { KindName } from "../../provider/model/arguments/kinds.ts";
import { findChildren, waitFor } from "../../tools/sandbox/processes.ts";
import type { TestDomain } from "./domains.ts";
import { testDomain } from "./domains.ts";
import type { Fault, FaultyHost } from "./faults.ts";
import { startFaultyHost } from "./faults.ts";
import { bootGuest, printGuestXml } from "./guest.ts";

/** One operation, the calls of virsh that change something, and the result. */
export interface Scenario {
  readonly name: string;
  readonly kind: KindName;
  /** Arguments declared and applied before. Omitted when there were none. */
  readonly from?: Arguments;
  /** Omitted when the resource is removed. */
  readonly to?: Arguments;
  /** Calls at which something goes wrong, one per run. */
  readonly at: readonly string[];
}

const faults: readonly Fault[] = ["cutBefore", "cutDuring", "cutAfter", "fail"];

/** Tests each scenario with each fault at each of its calls, on a guest of its own that runs all the while. */
export function itSurvivesFaults(this: Mocha.Suite, scenarios: readonly Scenario[]): void {
  this.timeout(180_000);
  let host: FaultyHost;
  let guest: TestDomain;
  let survived = 0;
  let foreign: string;
  before(async () => {
    host = await startFaultyHost();
    guest = await testDomain("faults", host.uri());
    const xml = await printGuestXml({ name: guest.name, machine: "q35", ioThreads: 2, settings: "depth=0" });
    await runOne(guest.connection, "define", virsh(guest.connection, ["define", "/dev/stdin"], xml));
    await guest.virsh("desc", "--config", "somebody else's");
    // Wait for the boot: only a booted guest releases a device.
    (await bootGuest(guest.name)).close();
    foreign = (await guest.facts()).inactiveXml;
  });
  after(async () => {
    host.disarm();
    await guest.remove();
    await host.remove();
    console.log(`      ${survived} fault points survived`);
  });

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
    // A read that was cut is repeated; then the operation succeeds as if nothing had happened.
    if (outcome !== null)
      expect(outcome instanceof HostError || outcome instanceof PartialFailure).to.equal(true);
    host.disarm();
    // An error that does not mention completed steps means that nothing was done.
    if (outcome !== null && !mayHaveActed(outcome)) {
      const now = await guest.facts();
      expect(ids(now.inactiveXml)).to.equal(ids(before.inactiveXml));
      expect(ids(now.liveXml ?? "")).to.equal(ids(before.liveXml ?? ""));
    }
    // A command that was cut off runs to its end on the host.
    await waitFor("its end", 30_000, async () => (await host.running()) === "");
    // Run the next `up`. The state has a resource that failed half-way; otherwise the resource is created
    // anew.
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
}

/**
 * Removes ids: libvirt may or may not print those of threads, and QEMU numbers a disk that was put back anew.
 */
const ids = (xml: string) => xml.replace(ours, "").replace(/(<source [^>]*) index='\d+'/g, "$1");

/**
 * Elements that our changes leave in a definition after they are undone: explicit ids and an empty tuning.
 */
const ours = /\s*<iothreadids>[\s\S]*?<\/iothreadids>|\s*<cputune>[\s\S]*?<\/cputune>|\s*<cputune\/>/g;
