import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import { failureOf } from "../support/domains.ts";
import { type Guest, startGuest } from "../support/guest.ts";
import { makeFilledImage } from "../support/guestImage.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack, type Outcome, type TestStack } from "../support/stack.ts";

const changed = ({ steps }: Outcome) =>
  steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);

/** A guest with a busy disk. The test moves its IO thread and slows the disk down at the same time. */
describe("a fleet's gate, with a guest that does IO", function () {
  this.timeout(400_000);
  let guest: Guest;
  let stack: TestStack;
  let uri: string;
  const names = { canary: testName("gate-canary"), other: testName("gate-other") };
  const image = makeFilledImage("gate.raw");
  let cpuset = "1";
  let gate: virsh.FleetGate | undefined;
  /** Limit of the canary's disk. It makes the disk slower for certain, whatever else runs on this machine. */
  let totalIopsSec = 100_000;
  const factsOf = async (name: string) => (await readDomain(connectionTo(uri), name)).domain;
  const cpusOf = async () => (await factsOf(names.canary))?.ioThreads.map((thread) => thread.cpusAllowed);

  before(async () => {
    const box = await sandbox();
    uri = box.uri;
    const disks = [{ name: "busy", file: image, target: "vda", ioThread: 1 }];
    guest = await startGuest({ name: names.canary, ioThreads: 1, disks, settings: "depth=16 window=200" });
    stack = await makeStack(async () => {
      new virsh.Fleet("io", {
        hosts: [{ host: uri, name: "hv" }],
        guests: [names.canary, names.other],
        guest: {
          type: box.domainType,
          memory: "64 MiB",
          ioThreads: 1,
          cpuTune: { ioThreadPins: [{ ioThread: 1, cpuset }] },
          forceOff: true,
          shutdownTimeoutSeconds: 1,
        },
        overrides: { [names.canary]: { disks: [{ target: "vda", ioTune: { totalIopsSec } }] } },
        canary: [`hv/${names.canary}`],
        ...(gate ? { gate } : {}),
      });
    });
  });
  after(async () => {
    await stack.destroy();
    await stack.remove();
    await guest.remove();
  });

  it("measures what runs already before the fleet takes it over, and nothing that is not there", async () => {
    gate = { seconds: 5, maxMeanRatio: 20 };
    const { diagnostics } = await stack.up();
    expect(diagnostics.join("\n")).to.match(/gate-canary vda: mean µs \S+ → \S+, × /);
    expect(await cpusOf()).to.deep.equal(["1"]);
    expect((await factsOf(names.other))?.inactiveXml).to.contain("cpuset='1'");
  });

  it("measures nothing where nothing changes, nor where a limit alone does, nor in a preview", async () => {
    expect(changed(await stack.preview())).to.deep.equal([]);
    const begun = guest.console.lines.length;
    gate = { seconds: 5, maxMeanRatio: 2 };
    const again = await stack.up();
    expect(changed(again)).to.deep.equal(["update io-canary"]);
    expect(again.diagnostics.join("\n")).not.to.contain("mean µs");
    cpuset = "0";
    const planned = await stack.preview();
    expect(changed(planned)).to.include.members([
      `update io-hv-${names.canary}`,
      `update io-hv-${names.other}`,
    ]);
    expect(planned.diagnostics.join("\n")).not.to.contain("mean µs");
    expect(await cpusOf()).to.deep.equal(["1"]);
    expect(guest.console.lines.length).to.be.greaterThan(begun);
  });

  it("stops the next wave when the canary gets slower, tells both figures, and puts the pin back", async () => {
    totalIopsSec = 50;
    const pid = (await factsOf(names.canary))?.qemuPid;
    const failure = await failureOf(stack.up());
    expect(failure.message)
      .to.match(/the gate does not hold, and no later wave begins/)
      .and.to.match(/gate-canary vda: mean µs \S+ → \S+, × \S+, above × 2/)
      .and.to.match(/gate-canary iothreadpin 1: 0 → 1/);
    console.log(`    ${/vda: mean µs.*above × 2/.exec(failure.message)?.[0]}`);
    expect(await cpusOf()).to.deep.equal(["1"]);
    const canary = await factsOf(names.canary);
    expect(canary?.inactiveXml).to.contain("<iothreadpin iothread='1' cpuset='1'/>");
    expect(canary?.qemuPid).to.equal(pid);
    expect((await factsOf(names.other))?.inactiveXml).to.contain("<iothreadpin iothread='1' cpuset='1'/>");
    // The program still declares the change, so the canary and the other guests still need it.
    expect(changed(await stack.preview())).to.include.members([
      `update io-hv-${names.canary}`,
      `update io-hv-${names.other}`,
    ]);
  });

  it("lets the rest follow a change that does not hurt", async () => {
    cpuset = "0-1";
    totalIopsSec = 100_000;
    gate = { seconds: 5, maxMeanRatio: 3 };
    const { diagnostics } = await stack.up();
    expect(diagnostics.join("\n")).to.match(/gate-canary vda: mean µs \S+ → \S+, × /);
    expect(await cpusOf()).to.deep.equal(["0-1"]);
    expect((await factsOf(names.other))?.inactiveXml).to.contain("<iothreadpin iothread='1' cpuset='0-1'/>");
    expect(changed(await stack.preview())).to.deep.equal([]);
  });
});
