import { existsSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readHost } from "../../provider/host/read/read.ts";
import { repository, shortHash } from "../../tools/sandbox/folders.ts";
import { hierarchies, processesIn } from "../../tools/sandbox/newer/cgroups.ts";
import type { NewerHost } from "../../tools/sandbox/newer/enter.ts";
import { isAlive, listProcesses, readCommand, waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun, run } from "../../tools/sandbox/run.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import { addUser, readUid, removeUser } from "../../tools/sandbox/users.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { testName } from "../support/sandbox.ts";

describe("a host with a newer libvirt beside this machine's", function () {
  this.timeout(120_000);
  const folder = temporaryFolder("newer");
  const groups = `pv11-${shortHash(folder)}`;
  const record = join(folder, "libvirt-11/host.json");
  const devices = findDevices();
  let host: NewerHost;

  const sandbox = (verb: string, ...words: string[]) =>
    mustRun(
      [process.execPath, join(repository, "dist/tools/sandbox.js"), verb, "--libvirt", "11", ...words],
      {
        env: { ...process.env, PULUMI_VIRSH_SANDBOX: folder },
        timeoutMs: 1_200_000,
      },
    );
  const up = async (): Promise<Sandbox> => {
    const printed = JSON.parse(await sandbox("up", "--json")) as Sandbox;
    host = JSON.parse(readFileSync(record, "utf8")) as NewerHost;
    return printed;
  };
  const runThere = async (...words: string[]) => (await sandbox("run", "--", ...words)).trim();

  before(async function () {
    // The first one on a machine makes the root: minutes.
    this.timeout(1_200_000);
    await up();
  });
  after(async () => {
    await sandbox("down");
    removeFolder(folder);
  });

  it("is reached over SSH from the machine, and has its own libvirt, names and processes", async () => {
    const { uri } = await up();
    const { host: read } = await readHost(connectionTo(uri));
    assert.isAtLeast(read.libvirtVersion, 11_000_000);
    assert.isAtLeast(read.qemuVersion, 10_000_000);
    assert.equal(await runThere("hostname"), "kvm-trixie");
    assert.equal(await runThere("cat", "/proc/1/comm"), "tini");
    assert.notInclude(readFileSync("/proc/self/mounts", "utf8"), folder);
  });

  it("gives its users ids that no test user of the machine has, whose processes are ended by that id", async () => {
    await runThere("useradd", "-M", "somebody");
    assert.isAtLeast(Number(await runThere("id", "-u", "somebody")), 20_000);
    const name = testName("elsewhere");
    await addUser(name, []);
    try {
      assert.isBelow(readUid(name) ?? Number.NaN, 20_000);
    } finally {
      await removeUser(name);
    }
  });

  it("runs nothing outside of its own control groups", () => {
    const namespaceOf = (pid: string | number) => readlinkSync(`/proc/${pid}/ns/pid_for_children`);
    const own = namespaceOf(host.process.pid);
    const there = listProcesses().filter((pid) => {
      try {
        return namespaceOf(pid) === own;
      } catch {
        return false;
      }
    });
    assert.includeMembers(there.map(readCommand), ["tini", "libvirtd", "virtlogd", "sshd"]);
    assert.includeMembers([...processesIn(groups)], there);
  });

  it("comes anew after it was killed, also where nothing says that it runs", async () => {
    process.kill(host.process.pid, "SIGKILL");
    await waitFor("its end", 30_000, async () => !isAlive(host.process));
    const killed = host;
    await up();
    assert.notDeepEqual(host.process, killed.process);
    const lost = host;
    rmSync(record);
    await up();
    assert.isFalse(isAlive(lost.process));
    assert.match(await runThere("virsh", "-c", "qemu:///system", "uri"), /qemu:\/\/\/system/);
  });

  it("is not ended for another clone that has the same sandbox", async () => {
    const text = readFileSync(record, "utf8");
    writeFileSync(record, JSON.stringify({ ...host, repository: folder }));
    try {
      const error = await up().catch((reason: unknown) => reason);
      assert.match(String(error), /for another clone, .*PULUMI_VIRSH_SANDBOX/s);
      assert.isTrue(isAlive(host.process));
    } finally {
      writeFileSync(record, text);
    }
  });

  it("leaves nothing behind, and the machine's devices as they were", async () => {
    await sandbox("down");
    assert.isFalse(isAlive(host.process));
    assert.isFalse(existsSync(join(folder, "libvirt-11")));
    assert.deepEqual(
      hierarchies().filter(({ at }) => existsSync(join(at, groups))),
      [],
    );
    assert.notEqual((await run(["ip", "link", "show", groups])).exitCode, 0);
    assert.deepEqual(findDevices(), devices);
  });
});

/** Owner, mode and number of the machine's devices that making a root or starting a host could change. */
function findDevices(): readonly object[] {
  return ["/dev/ptmx", "/dev/kvm", "/dev/null", "/dev/net/tun"].filter(existsSync).map((path) => {
    const { uid, gid, mode, rdev } = statSync(path);
    return { path, uid, gid, mode, rdev };
  });
}
