import { assert } from "chai";
import { closeConnections } from "../../provider/host/connections.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { type CountedHost, countedHost } from "../support/countedHost.ts";
import { type TestDomain, testDomain } from "../support/domains.ts";
import { sandbox } from "../support/sandbox.ts";

/** One session each for the fresh read, and for the script that changes the domain and reads it again. */
const lookAndAct = 2;

describe("round trips of an apply", () => {
  let host: CountedHost;
  let guest: TestDomain;
  let base: Record<string, unknown>;
  const pins = (first: string) => ({
    ioThreadPins: [
      { ioThread: 1, cpuset: first },
      { ioThread: 2, cpuset: "0-1" },
    ],
  });
  const spent = async (act: () => Promise<unknown>) => {
    const before = host.sessions();
    await act();
    return host.sessions() - before;
  };
  before(async () => {
    const { domainType } = await sandbox();
    host = await countedHost();
    guest = await testDomain("trips", host.uri());
    const disk = (target: string, ioThread: number) => ({
      target,
      source: { file: makeImage(`trips-${target}.raw`, 1) },
      ioThread,
    });
    base = {
      type: domainType,
      memory: "32 MiB",
      ioThreads: 2,
      cpuTune: pins("0"),
      disks: [disk("vda", 1), disk("vdb", 2)],
    };
  });
  after(async () => {
    await guest.remove();
    await closeConnections();
    await host.remove();
  });

  it("a domain of two threads, two pins and two disks: a look, its definition with what it became", async () => {
    // Once per process we ask for the host's own UUID, from which the UUIDs of new domains are derived.
    assert.equal(await spent(() => guest.create("Domain", base)), lookAndAct + 1);
    assert.equal(await spent(() => guest.delete("Domain", base)), lookAndAct);
    assert.equal(await spent(() => guest.create("Domain", base)), lookAndAct);
  });

  it("a change of a domain that is off, and of one that runs", async () => {
    const moved = { ...base, cpuTune: pins("0-1") };
    assert.equal(await spent(() => guest.update("Domain", base, moved)), lookAndAct);
    const running = { ...base, running: true };
    // The start takes one more session, because we verify the definition before it.
    assert.equal(await spent(() => guest.update("Domain", moved, running)), lookAndAct + 1);
    assert.equal(await spent(() => guest.update("Domain", running, { ...moved, running: true })), lookAndAct);
  });

  it("a part of a running domain: made, and taken away", async () => {
    const thread = { ioThreadId: 5, pollMaxNs: 1000 };
    assert.equal(await spent(() => guest.create("IoThread", thread)), lookAndAct);
    assert.equal(await spent(() => guest.delete("IoThread", thread)), lookAndAct);
    const file = makeImage("trips-vdc.raw", 1);
    const disk = { target: "vdc", source: { file }, ioThread: 1 };
    assert.equal(await spent(() => guest.create("VirtioDisk", disk)), lookAndAct);
  });

  it("all of it over one connection", () => {
    assert.equal(host.logins(), 1);
  });
});
