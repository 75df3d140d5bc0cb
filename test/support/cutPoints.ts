import { expect } from "chai";
import { HostError, mayHaveActed, PartialFailure } from "../../provider/errors.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import type { DomainFacts } from "../../provider/plan/situation/facts.ts";
import { findChildren, waitFor } from "../../tools/sandbox/processes.ts";
import type { TestDomain } from "./domains.ts";
import { testDomain } from "./domains.ts";
import type { FaultyHost } from "./faults.ts";
import { startFaultyHost } from "./faults.ts";

/** An operation on a whole domain. The connection is cut after each call of virsh in turn. */
export interface Operation {
  readonly name: string;
  /** Puts the domain into its state before the operation. */
  readonly prepare: (guest: TestDomain) => Promise<unknown>;
  /** `isKnown`: the state contains the resource from an earlier try. */
  readonly act: (guest: TestDomain, isKnown: boolean) => Promise<unknown>;
  /** What is true of the domain as soon as all that was cut off has ended. */
  readonly meanwhile?: (guest: TestDomain, isKnown: boolean, told: string) => Promise<unknown>;
  /** Asserts the final result. */
  readonly check: (guest: TestDomain) => Promise<void>;
}

export async function readGuest({ connection, name }: TestDomain): Promise<DomainFacts | null> {
  return (await readDomain(connection, name)).domain;
}

/** Tests each operation with the connection cut after each of its calls, on a domain of its own. */
export function itSurvivesCuts(this: Mocha.Suite, domain: string, operations: readonly Operation[]): void {
  this.timeout(600_000);
  let host: FaultyHost;
  let guest: TestDomain;
  let survived = 0;
  before(async () => {
    host = await startFaultyHost();
    guest = await testDomain(domain, host.uri());
  });
  after(async () => {
    host.disarm();
    await guest.remove();
    await host.remove();
    console.log(`      ${survived} fault points survived`);
  });

  for (const operation of operations) {
    it(`${operation.name}: nothing is lost or forgotten, and the next up converges`, async () => {
      let at = 1;
      // Repeat until a run has no call of that number.
      while (await survive(operation, at)) at++;
      expect(at).to.be.greaterThan(2);
      survived += at - 1;
      expect(host.leftovers()).to.deep.equal([]);
      expect(findChildren(host.process.pid).length, "connections that are open").to.be.at.most(1);
    });
  }

  /** Returns false when there is no call of that number. */
  async function survive({ prepare, act, meanwhile, check }: Operation, at: number): Promise<boolean> {
    await prepare(guest);
    host.arm("cutAfter", at);
    const error = await act(guest, false).then(
      () => null,
      (reason: unknown) => reason,
    );
    const isCut = host.struck();
    const told = `call ${at}: ${host.calls()[at - 1]}`;
    host.disarm();
    await waitFor("its end", 30_000, async () => (await host.running()) === "");
    expect(error === null || error instanceof HostError || error instanceof PartialFailure).to.equal(true);
    const isKnown = error === null || mayHaveActed(error);
    await meanwhile?.(guest, isKnown, told);
    if (isCut) await act(guest, isKnown);
    else expect(error, told).to.equal(null);
    await check(guest);
    return isCut;
  }
}
