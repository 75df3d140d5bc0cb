import { expect } from "chai";
import { HostError, mayHaveActed, PartialFailure } from "../../provider/errors.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { findChildren, waitFor } from "../../tools/sandbox/processes.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import type { TestDomain } from "../support/domains.ts";
import { testDomain } from "../support/domains.ts";
import type { FaultyHost } from "../support/faults.ts";
import { startFaultyHost } from "../support/faults.ts";
import { sandbox } from "../support/sandbox.ts";

/** An operation on a whole domain. The connection is cut after each call of virsh in turn. */
interface Operation {
  readonly name: string;
  /** Puts the domain into its state before the operation. */
  readonly prepare: () => Promise<unknown>;
  /** `isKnown`: whether the state has the resource from the previous attempt. */
  readonly act: (isKnown: boolean) => Promise<unknown>;
  /** Checks the result of the complete operation. */
  readonly check: () => Promise<void>;
}

describe("a connection that is cut after any call of virsh, or a process that ends there", function () {
  this.timeout(600_000);
  let box: Sandbox;
  let host: FaultyHost;
  let guest: TestDomain;
  let survived = 0;
  before(async () => {
    box = await sandbox();
    host = await startFaultyHost();
    guest = await testDomain("cuts", host.uri());
  });
  after(async () => {
    host.disarm();
    await guest.remove();
    await host.remove();
    console.log(`      ${survived} fault points survived`);
  });

  const args = () => ({
    type: box.domainType,
    memory: "32 MiB",
    machine: "q35",
    ioThreads: [{ id: 1, pollMaxNs: 20000 }],
    running: true,
    autostart: true,
    forceOff: true,
    shutdownTimeoutSeconds: 0,
  });
  const larger = () => ({ ...args(), memory: "48 MiB", whenRunning: "restart" });
  /** The program does not declare that the guest runs: only the power cycle itself starts it again. */
  const undeclared = () => ({ ...larger(), running: undefined });
  const read = async () => (await readDomain(guest.connection, guest.name)).domain;

  const operations: readonly Operation[] = [
    {
      name: "create",
      prepare: () => guest.remove(),
      act: (isKnown) => (isKnown ? guest.update("Domain", args(), args()) : guest.create("Domain", args())),
      check: async () => {
        expect((await guest.preview("Domain", args())).lines).to.deep.equal([]);
        expect(await read()).to.deep.include({ state: "running", autostart: true });
      },
    },
    {
      name: "power cycle",
      prepare: () => guest.update("Domain", larger(), { ...args(), whenRunning: "restart" }),
      act: () => guest.update("Domain", args(), undeclared()),
      check: async () => {
        expect((await guest.preview("Domain", undeclared())).lines).to.deep.equal([]);
        const domain = await read();
        expect(domain?.state).to.equal("running");
        expect(domain?.liveXml).to.contain("<memory unit='KiB'>49152</memory>");
      },
    },
    {
      name: "delete",
      prepare: () => guest.create("Domain", args()),
      act: () => guest.delete("Domain", args()),
      check: async () => {
        expect(await read()).to.equal(null);
      },
    },
  ];

  for (const { name, prepare, act, check } of operations) {
    it(`${name}: nothing is lost or forgotten, and the next up converges`, async () => {
      // Repeat until a run has no call of that number.
      for (let at = 1; ; at++) {
        await prepare();
        host.arm("cutAfter", at);
        const error = await act(false).then(
          () => null,
          (reason: unknown) => reason,
        );
        const isOver = !host.struck();
        const told = `call ${at}: ${host.calls()[at - 1]}`;
        host.disarm();
        await waitFor("its end", 30_000, async () => (await host.running()) === "");
        expect(error === null || error instanceof HostError || error instanceof PartialFailure).to.equal(
          true,
        );
        const isKnown = error === null || mayHaveActed(error);
        // A guest that was being power-cycled starts again by itself.
        if (name === "power cycle")
          await waitFor("the guest", 30_000, async () => (await read())?.state === "running");
        if (name === "create" && !isKnown) expect(await read(), told).to.equal(null);
        if (isOver) {
          expect(error, told).to.equal(null);
          await check();
          expect(at).to.be.greaterThan(2);
          break;
        }
        await act(isKnown);
        await check();
        survived++;
      }
      expect(host.leftovers()).to.deep.equal([]);
      expect(findChildren(host.process.pid).length, "connections that are open").to.be.at.most(1);
    });
  }
});
