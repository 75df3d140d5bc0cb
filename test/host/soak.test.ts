import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { closeConnections } from "../../provider/host/connections.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import { findChildren } from "../../tools/sandbox/processes.ts";
import { type TestDomain, testDomain } from "../support/domains.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { startHost, type TestHost } from "../support/hosts.ts";
import { sandbox } from "../support/sandbox.ts";

/**
 * Number of changes to one running guest. The handlers make them over SSH, one after another, and verify
 * each.
 */
const changes = 200;
/** Changes before the first count, so that connections and modules are loaded. */
const warmUp = 8;

/** Another owner's domain; no resource names it. */
const foreign = `<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <metadata><other:app xmlns:other='http://example.org/app'>theirs &amp; kept</other:app></metadata>
  <on_crash>restart</on_crash>
  <devices><watchdog model='i6300esb' action='none'/></devices>
  <qemu:commandline><qemu:env name='OTHER' value='1'/></qemu:commandline>
</domain>`;

describe("two hundred changes of one running guest", function () {
  this.timeout(600_000);
  const folder = temporaryFolder("soak");
  const [near, far] = [join(folder, "operator"), join(folder, "host")] as const;
  const temporary = process.env.TMPDIR;
  let host: TestHost;
  let guest: TestDomain;
  let base: Arguments;
  before(async () => {
    for (const each of [near, far]) mkdirSync(each);
    host = await startHost({ lines: [`SetEnv TMPDIR=${far}`] });
    // From here on, the test finds what either side leaves in its temporary folder.
    process.env.TMPDIR = near;
    guest = await testDomain("soak", host.uri());
    base = {
      type: (await sandbox()).domainType,
      memory: "32 MiB",
      machine: "q35",
      running: true,
      forceOff: true,
      shutdownTimeoutSeconds: 0,
      ioThreads: 2,
      cpuTune: { ioThreadPins: [{ ioThread: 1, cpuset: "0" }] },
      title: "soak",
    };
    await guest.create("Domain", { ...base, xml: foreign });
  });
  after(async () => {
    if (temporary === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = temporary;
    await guest.remove();
    await closeConnections();
    await host.remove();
    removeFolder(folder);
  });

  /** Resources that might leak, on this side and on the host. */
  const counts = () => ({
    descriptors: readdirSync("/proc/self/fd").length,
    files: [...readdirSync(near), ...readdirSync(far)],
    // One open connection: one process of the server for it, and none for a session.
    connections: findChildren(host.process.pid).length,
    sessions: findChildren(host.process.pid).flatMap(findChildren).length,
  });
  const definition = () => guest.virsh("dumpxml", "--inactive", "--security-info");

  it("leave the definition as it was but for what is declared, and nothing behind on either side", async () => {
    const scsi = { index: 1, ioThread: 2 };
    /** Pairs of a change and its reversal. */
    const rounds: readonly (() => Promise<unknown>)[] = [
      () => guest.update("Domain", base, { ...base, title: "soaked", description: "a" }),
      () => guest.update("Domain", { ...base, title: "soaked", description: "a" }, base),
      () => guest.create("IoThread", { ioThreadId: 7, pollMaxNs: 16000 }),
      () => guest.delete("IoThread", { ioThreadId: 7, pollMaxNs: 16000 }),
      () => guest.create("IoThreadPin", { ioThread: 2, cpuset: "1" }),
      () => guest.delete("IoThreadPin", { ioThread: 2, cpuset: "1" }),
      () => guest.create("VirtioScsiController", scsi),
      () => guest.delete("VirtioScsiController", scsi),
    ];
    const before = await definition();
    const pid = (await guest.facts()).qemuPid;
    let settled: ReturnType<typeof counts> | undefined;
    for (let made = 0; made < changes; made++) {
      if (made === warmUp) settled = counts();
      await rounds[made % rounds.length]?.();
    }
    assert.equal(await definition(), before);
    assert.equal((await guest.facts()).qemuPid, pid);
    assert.deepEqual(counts(), settled);
    assert.deepEqual(counts().files, []);
  });
});
