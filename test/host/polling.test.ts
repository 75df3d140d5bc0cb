import { expect } from "chai";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { Feature } from "../../provider/plan/checks/features.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { featureOf } from "../support/features.ts";
import { sandbox } from "../support/sandbox.ts";

describe("polling of an IO thread, as this host's libvirt and QEMU know it", function () {
  this.timeout(120_000);
  let guest: TestDomain;
  let weight: Feature;
  let inXml: Feature;
  let domain: Arguments;
  before(async () => {
    guest = await testDomain("polling");
    [weight, inXml] = [
      await featureOf(guest.connection, "pollWeight"),
      await featureOf(guest.connection, "pollingInXml"),
    ];
    const type = (await sandbox()).domainType;
    domain = { type, memory: "32 MiB", machine: "q35", ioThreads: [{ id: 1 }], running: true };
    await guest.create("Domain", domain);
  });
  after(() => guest.remove());

  const inForce = async (id = 1) => {
    const thread = (await guest.facts()).ioThreads.find((each) => each.id === id);
    return [thread?.pollGrow, thread?.pollShrink, thread?.pollWeight];
  };
  const startTime = async () => (await guest.facts()).qemuStartTime;
  /** Nothing is left to do, however the resource is looked at. */
  const expectHeld = async (kind: "IoThread" | "Domain", args: Arguments) => {
    const told = await guest.preview(kind, args);
    expect([told.isNeeded, told.lines]).to.deep.equal([false, []]);
    expect(await guest.read(kind, args)).to.deep.include(args);
  };

  it("0 is QEMU's default: applied live, and no difference later, whatever QEMU calls it", async () => {
    const usual = await inForce();
    const made = { ioThreadId: 1, pollGrow: 4, pollShrink: 5 };
    await guest.create("IoThread", made);
    expect((await inForce()).slice(0, 2)).to.deep.equal([4, 5]);
    const began = await startTime();
    const zero = { ioThreadId: 1, pollGrow: 0, pollShrink: 0 };
    const told = await guest.preview("IoThread", made, zero);
    expect(told.lines.join("\n"))
      .to.match(/@grow 4 → 0 \(live/)
      .and.to.match(/@shrink 5 → 0 \(live/);
    await guest.update("IoThread", made, zero);
    expect(await inForce()).to.deep.equal(usual);
    await expectHeld("IoThread", zero);
    const listed = { ...domain, ioThreads: [{ id: 1, pollGrow: 0, pollShrink: 0 }], whenRunning: "restart" };
    await guest.update("Domain", domain, listed);
    await expectHeld("Domain", listed);
    await guest.update("Domain", listed, listed);
    expect(await startTime()).to.equal(began);
  });

  it("0 of a thread that has QEMU's default already asks nothing of the running guest", async () => {
    await guest.create("IoThread", { ioThreadId: 2 });
    const zero = { ioThreadId: 2, pollGrow: 0, pollShrink: 0, ...(weight.isThere ? { pollWeight: 0 } : {}) };
    const told = await guest.preview("IoThread", { ioThreadId: 2 }, zero);
    expect(told.lines.join("\n")).not.to.contain("(live");
    expect(told.isNeeded).to.equal(inXml.isThere);
    await guest.update("IoThread", { ioThreadId: 2 }, zero);
    await expectHeld("IoThread", zero);
  });

  it("the weight is set live and kept, or refused before anything changes", async () => {
    const args = { ioThreadId: 3, pollMaxNs: 9000, pollWeight: 5 };
    if (!weight.isThere) {
      const before = await guest.facts();
      // A thread that is there already has no other difference.
      for (const given of [args, { ioThreadId: 1, pollWeight: 5, whenRunning: "restart" }]) {
        const told = (await guest.preview("IoThread", {}, given)).obstacles.join();
        const refused = (await failureOf(guest.create("IoThread", given))).message;
        expect(refused).to.contain("pollWeight: the weight of polling needs ").and.to.contain(said(weight));
        expect(told).to.contain(`pollWeight: the weight of polling needs ${said(weight)}`);
      }
      expect((await guest.facts()).inactiveXml).to.equal(before.inactiveXml);
      return;
    }
    await guest.create("IoThread", args);
    expect((await inForce(3))[2]).to.equal(5);
    await expectHeld("IoThread", args);
    const other = { ...args, pollWeight: 6, whenRunning: "restart" };
    const began = await startTime();
    expect((await guest.preview("IoThread", args, other)).lines.join()).to.match(/@weight 5 → 6 \(live\)/);
    await guest.update("IoThread", args, other);
    expect((await inForce(3))[2]).to.equal(6);
    await guest.virsh("iothreadset", "3", "--poll-weight", "7", "--live");
    expect((await guest.preview("IoThread", other)).lines.join()).to.match(/@weight 7 → 6 \(live\)/);
    expect(await guest.read("IoThread", other)).to.deep.include({ pollWeight: 7 });
    await guest.update("IoThread", other, other);
    expect(await startTime()).to.equal(began);
    await guest.virsh("destroy");
    await guest.virsh("start");
    expect((await inForce(3))[2]).to.equal(6);
    await expectHeld("IoThread", other);
  });
});

/** The first of the versions that a refusal names. */
const said = ({ needs }: Feature) => needs.split(" and ")[0] ?? "";
