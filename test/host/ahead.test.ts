import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { assert } from "chai";
import { aheadFolder } from "../../provider/ahead.ts";
import { HostError } from "../../provider/errors.ts";
import { closeConnections, connectionTo } from "../../provider/host/connections.ts";
import { expectHosts, forgetSnapshot, shareEngine, snapshotOf } from "../../provider/host/read/snapshot.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { type CountedHost, countedHost } from "../support/countedHost.ts";
import { type TestDomain, testDomain } from "../support/domains.ts";
import { temporaryFolder } from "../support/folders.ts";

/** No server listens on this port. */
const nowhere = "qemu+ssh://root@127.0.0.1:1/system";

describe("reading ahead", () => {
  let [first, second]: CountedHost[] = [];
  let folder = "";
  let reader: Worker | null = null;
  let mine: TestDomain;
  const host = (which: CountedHost | undefined): CountedHost => {
    if (!which) throw new Error("no host");
    return which;
  };
  /** Starts a reader as a program does, for an engine that no other test uses. */
  const startReader = async (mode = 0o700, hosts = "", execArgv: string[] = []) => {
    const engine = `127.0.0.1:${process.pid}${Math.random()}`;
    folder = aheadFolder(engine);
    mkdirSync(folder, { mode });
    reader = new Worker(join(repository, "dist/provider/host/ahead/reader.js"), {
      workerData: { folder, hosts },
      execArgv,
    });
    shareEngine(engine);
    return reader;
  };

  beforeEach(async () => {
    [first, second] = [await countedHost(), await countedHost()];
    mine = await testDomain("ahead");
  });
  afterEach(async () => {
    await reader?.terminate();
    reader = null;
    rmSync(folder, { recursive: true, force: true });
    shareEngine(null);
    await mine.remove();
    await closeConnections();
    await host(first).remove();
    await host(second).remove();
  });

  it("reads the expected hosts with the first question, each in one session of one connection", async () => {
    expectHosts([host(first).uri(), host(second).uri(), nowhere]);
    await Promise.all([1, 2, 3].map(() => snapshotOf(connectionTo(host(first).uri()))));
    await waitFor("the second host's session", 10_000, async () => host(second).sessions() > 0);
    await snapshotOf(connectionTo(host(second).uri()));
    for (const each of [first, second]) assert.equal(host(each).logins(), 1);
  });

  it("takes what the program's reader found, and asks the host itself afterwards", async () => {
    await mine.create("Domain", { type: "qemu", memory: "32 MiB", ioThreads: 1 });
    (await startReader()).postMessage({ host: host(first).uri(), isStorage: false });
    const connection = connectionTo(host(first).uri());
    const taken = await snapshotOf(connection);
    // Not one session: a read asks again where guests of other tests are held by a job just then.
    const asked = host(first).sessions();
    assert.equal(host(first).logins(), 1);
    forgetSnapshot(connection);
    const own = await snapshotOf(connection);
    assert.equal(host(first).logins(), 2);
    assert.isAbove(host(first).sessions(), asked);
    // Compare only the host: other tests' domains come and go in between.
    assert.deepEqual(taken.host, own.host);
    assert.isDefined(taken.domains.get(mine.name));
    assert.deepEqual(taken.domains.get(mine.name), own.domains.get(mine.name));
    assert.isAbove(taken.host.libvirtVersion, 0);
  });

  it("takes what the configuration names, whatever else is in it", async () => {
    await startReader(0o700, JSON.stringify(["no URI", host(second).uri()]));
    await snapshotOf(connectionTo(host(second).uri()));
    assert.equal(host(second).logins(), 1);
  });

  it("waits for a reader whose socket is there before it listens", async () => {
    const slow = join(temporaryFolder("slow"), "slow.cjs");
    writeFileSync(
      slow,
      `const { Pipe } = process.binding("pipe_wrap");
       const { listen } = Pipe.prototype;
       Pipe.prototype.listen = function (backlog) {
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
         return listen.call(this, backlog);
       };`,
    );
    (await startReader(0o700, "", ["--require", slow])).postMessage({
      host: host(first).uri(),
      isStorage: false,
    });
    await snapshotOf(connectionTo(host(first).uri()));
    assert.equal(host(first).logins(), 1);
  });

  it("has the reader's failure as if it were its own, without asking again", async () => {
    const failureOf = (uri: string) =>
      snapshotOf(connectionTo(uri)).then(
        () => assert.fail("was read"),
        (error: unknown) => error as HostError,
      );
    const own = await failureOf(nowhere);
    forgetSnapshot(connectionTo(nowhere));
    const other = nowhere.replace("root@", "nobody@");
    (await startReader()).postMessage({ host: other, isStorage: false });
    const taken = await failureOf(other);
    assert.instanceOf(taken, HostError);
    assert.equal(taken.message.replaceAll("nobody@", "root@"), own.message);
    assert.deepEqual([taken.code, taken.remedy], [own.code, own.remedy]);
  });

  it("reads by itself what the reader does not know", async () => {
    (await startReader()).postMessage({ host: host(first).uri(), isStorage: false });
    await snapshotOf(connectionTo(host(second).uri()));
    assert.equal(host(second).logins(), 1);
  });

  it("reads by itself when the reader has ended", async () => {
    await (await startReader()).terminate();
    await snapshotOf(connectionTo(host(first).uri()));
    assert.equal(host(first).logins(), 1);
  });

  it("takes nothing from a folder that others may enter", async () => {
    (await startReader(0o755)).postMessage({ host: host(first).uri(), isStorage: false });
    await waitFor("the reader's session", 10_000, async () => host(first).sessions() > 0);
    await snapshotOf(connectionTo(host(first).uri()));
    assert.equal(host(first).logins(), 2);
  });
});
