import { execFileSync } from "node:child_process";
import { assert } from "chai";
import { localConnection } from "../../provider/host/connection/local.ts";
import { readDomain, readHost } from "../../provider/host/read/read.ts";
import { virsh as virshCommand } from "../../provider/host/virsh/virsh.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const connection = localConnection("qemu:///system");

async function virsh(args: readonly string[], stdin?: string): Promise<string> {
  const [result] = await connection.run([virshCommand(connection, args, stdin)]);
  assert.equal(result?.exitCode, 0, result?.stderr);
  return result?.stdout.trim() ?? "";
}

function domainXml(name: string): string {
  return `<domain type="qemu"><name>${name}</name><memory unit="MiB">32</memory><vcpu>1</vcpu>
  <iothreads>2</iothreads><cputune><iothreadpin iothread="2" cpuset="0"/></cputune>
  <os><type arch="x86_64">hvm</type></os></domain>`;
}

describe("snapshot of a host", () => {
  const name = testName("snap");
  const spaced = testName("snap with  two spaces");
  const other = testName("snap-other");
  before(async () => {
    await sandbox();
    for (const each of [name, spaced, other]) await virsh(["define", "/dev/stdin"], domainXml(each));
    await virsh(["start", name]);
  });
  after(async () => {
    await virsh(["destroy", name]);
    for (const each of [name, spaced, other]) await virsh(["undefine", each]);
  });

  it("reads definitions, run states and what the kernel says of each IO thread", async () => {
    const { host, domains } = await readHost(connection);
    assert.isAbove(host.libvirtVersion, 1_000_000);
    assert.isAbove(host.qemuVersion, 1_000_000);
    assert.include(host.onlineCpus, 0);
    const running = domains.get(name);
    assert.equal(running?.state, "running");
    assert.include(running?.liveXml ?? "", "<domain type='qemu' id='");
    assert.notInclude(running?.inactiveXml ?? "", " id='1'>\n  <name>");
    assert.deepEqual(
      running?.ioThreads.map(({ id }) => id),
      [1, 2],
    );
    const pinned = running?.ioThreads[1];
    assert.equal(pinned?.cpusAllowed, "0");
    assert.equal(pinned?.pollMaxNs, 32768);
    const stat = execFileSync("cat", [`/proc/${running?.qemuPid}/task/${pinned?.threadId}/comm`], {
      encoding: "utf8",
    });
    assert.equal(stat, "IO iothread2\n");
    assert.isAbove(running?.qemuStartTime ?? 0, 0);
    assert.deepInclude(domains.get(spaced), {
      state: "shut off",
      liveXml: null,
      qemuPid: null,
      persistent: true,
    });
  });

  it("finds a domain by its exact name and by nothing else", async () => {
    const found = async (text: string) => (await readDomain(connection, text)).domain?.name ?? null;
    const uuid = await virsh(["domuuid", other]);
    const id = await virsh(["domid", name]);
    assert.equal(await found(spaced), spaced);
    assert.equal(await found(other), other);
    for (const text of [uuid, id, "snap", `${name}*`, `${name} `, "$(id)", "'; true #"]) {
      assert.isNull(await found(text), text);
    }
  });

  it("fails where libvirt does not answer, and never reads that as no domains", async () => {
    const failure = await readHost(localConnection("qemu:///nosuch")).then(
      () => null,
      (error: unknown) => String(error),
    );
    assert.match(failure ?? "", /can't read the domains on qemu:\/\/\/nosuch[\s\S]*unexpected qemu URI path/);
  });

  it("reads libvirt's test driver", async () => {
    const { domains } = await readHost(localConnection("test:///default"));
    assert.deepEqual([...domains.keys()], ["test"]);
  });
});
