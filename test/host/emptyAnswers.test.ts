import { expect } from "chai";
import { HostError } from "../../provider/errors.ts";
import { openActivity } from "../../provider/host/activity/reader.ts";
import { powerOff } from "../../provider/host/apply/power.ts";
import { powerCycle } from "../../provider/host/apply/powerCycle.ts";
import { examineHost } from "../../provider/host/doctor/read.ts";
import { readHostCpus } from "../../provider/host/read/hostCpus.ts";
import { forgetSnapshot } from "../../provider/host/read/snapshot.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { adoptHosts } from "../../provider/operations/adopt.ts";
import { callFunction } from "../../provider/operations/functions.ts";
import { importResource } from "../../provider/operations/import.ts";
import { readResource } from "../../provider/operations/read.ts";
import { failureOf, type TestDomain, testDomain } from "../support/domains.ts";
import { type FaultyHost, startFaultyHost } from "../support/faults.ts";
import { sandbox } from "../support/sandbox.ts";

const faults = [
  ["lie", "nothing"],
  ["half", "half of it"],
  ["noise", "noise"],
] as const;

describe("a virsh that ends well and prints no answer", function () {
  this.timeout(300_000);
  let host: FaultyHost;
  let guest: TestDomain;
  before(async () => {
    const { domainType: type } = await sandbox();
    host = await startFaultyHost();
    guest = await testDomain("empty", host.uri());
    await guest.create("Domain", { type, memory: "32 MiB", ioThreads: 1, running: true });
  });
  afterEach(() => host.disarm());
  after(async () => {
    await guest.remove();
    await host.remove();
  });

  const idOf = () => `${guest.connection.host}#${guest.name}`;
  const forced = { forceOff: true, shutdownTimeoutSeconds: 0 };
  const readers: readonly { name: string; read: () => Promise<unknown> }[] = [
    { name: "a refresh", read: () => guest.read("Domain", {}) },
    { name: "a refresh of a part", read: () => guest.read("IoThread", { ioThreadId: 1 }) },
    { name: "an import", read: () => importResource(kinds.Domain, idOf(), {}) },
    { name: "listDomains", read: () => callFunction("listDomains", { host: host.uri() }) },
    { name: "getHost", read: () => callFunction("getHost", { host: host.uri() }) },
    { name: "adopt", read: () => adoptHosts([host.uri()], [], true) },
    { name: "the CPUs of a host", read: () => readHostCpus(guest.connection) },
    { name: "what guests do", read: () => openActivity(guest.connection, []) },
    { name: "an apply", read: () => guest.create("IoThread", { ioThreadId: 7 }) },
    { name: "a removal", read: () => guest.delete("Domain", forced) },
    { name: "the removal of a part", read: () => guest.delete("IoThread", { ioThreadId: 1 }) },
  ];
  for (const [fault, what] of faults)
    for (const { name, read } of readers)
      it(`${what}: fails with the host's name: ${name}`, async () => {
        forgetSnapshot(guest.connection);
        host.arm(fault, ".", { always: true });
        const error = await failureOf(read());
        expect(host.struck()).to.equal(true);
        host.disarm();
        expect(error).to.be.instanceOf(HostError);
        expect((error as HostError).code, error.message).to.equal("answerUnusable");
        expect(error.message)
          .to.contain(guest.connection.host)
          .and.to.match(/proves nothing/);
        const { state, inactiveXml } = await guest.facts();
        expect(state).to.equal("running");
        expect(inactiveXml).to.contain("<iothread").and.not.to.contain("<iothread id='7'");
      });

  for (const [fault, what] of faults)
    it(`${what}: is a problem that doctor finds`, async () => {
      host.arm(fault, ".", { always: true });
      const { failure } = await examineHost(host.uri());
      expect(failure?.code).to.equal("answerUnusable");
    });

  for (const [fault, what] of [faults[0], faults[2]])
    it(`${what}, where the state is asked for: nobody is cut off by it`, async () => {
      const facts = await guest.facts();
      host.arm(fault, "domstate", { always: true });
      const ways = [powerOff, powerCycle];
      for (const act of ways) {
        const error = await failureOf(
          act(guest.connection, facts, { forceOff: true, shutdownTimeoutSeconds: 1 }),
        );
        expect(error.message)
          .to.match(/can't ask for the state of .* no state/s)
          .and.contain(guest.connection.host);
      }
      host.disarm();
      const { state, qemuPid } = await guest.facts();
      expect([state, qemuPid]).to.deep.equal(["running", facts.qemuPid]);
    });

  it("after a change: the change is kept, and the error says what is unknown", async () => {
    host.arm("lie", "dumpxml --security-info", { always: true });
    const error = await failureOf(guest.create("IoThread", { ioThreadId: 5 }));
    host.disarm();
    expect(error.message).to.contain(guest.connection.host);
    expect(await guest.delete("IoThread", { ioThreadId: 5 })).to.deep.equal([]);
  });

  it("a state without names is read by its id, and never taken for gone", async () => {
    forgetSnapshot(guest.connection);
    const found = await readResource(kinds.Domain, { id: idOf(), outputs: { host: host.uri() } });
    expect(found?.inputs).to.include({ name: guest.name });
    const part = { id: `${idOf()}/IoThread/1`, outputs: { host: host.uri() } };
    expect((await readResource(kinds.IoThread, part))?.inputs).to.include({
      domain: guest.name,
      ioThreadId: 1,
    });
    const lost = await failureOf(readResource(kinds.Domain, { id: "lost", outputs: { host: host.uri() } }));
    expect(lost.message).to.match(/can't read the id "lost"/);
  });
});
