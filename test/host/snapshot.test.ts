import { execFileSync } from "node:child_process";
import { assert } from "chai";
import { localConnection } from "../../provider/host/connection/local.ts";
import { closeConnections, connectionTo } from "../../provider/host/connections.ts";
import { readDomain, readHost } from "../../provider/host/read/read.ts";
import { virsh as virshCommand } from "../../provider/host/virsh/virsh.ts";
import type { DomainFacts } from "../../provider/plan/situation/facts.ts";
import { type FaultyHost, startFaultyHost } from "../support/faults.ts";
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

  describe("beside another client who asks its QEMU", () => {
    const threadless = testName("snap-threadless");
    let host: FaultyHost;
    before(async () => {
      host = await startFaultyHost();
      await virsh(["define", "/dev/stdin"], domainXml(threadless).replace(/<iothreads>.*<\/cputune>/, ""));
      await virsh(["start", threadless]);
    });
    after(async () => {
      await closeConnections();
      await host.remove();
      await virsh(["destroy", threadless]);
      await virsh(["undefine", threadless]);
    });
    const pollingIn = (domain: DomainFacts | null | undefined) =>
      domain?.ioThreads.map(({ pollMaxNs }) => pollMaxNs);

    it("asks the guests with IO threads only, each question of which takes a job", async () => {
      host.disarm();
      const { domains } = await readHost(connectionTo(host.uri()));
      const asked = host.calls().filter((call) => call.includes("--iothread"));
      assert.deepEqual(pollingIn(domains.get(threadless)), []);
      assert.include(asked.join("\n"), domains.get(name)?.uuid ?? "?");
      assert.notInclude(asked.join("\n"), domains.get(threadless)?.uuid ?? "?");
    });

    for (const what of ["host", "guest"] as const)
      it(`waits for that client's job, and knows the polling in force: a ${what}`, async () => {
        const there = connectionTo(host.uri());
        const pid = (await readHost(there)).domains.get(name)?.qemuPid;
        // libvirt skips a guest whose job another client has, where it must not wait.
        const asks = `virsh -c qemu:///system domstats --iothread ${name}`;
        const isHeld = `until virsh -c qemu:///system domcontrol ${name} | grep -q ^occupied; do sleep 0.05; done`;
        const goesOn = `(sleep 0.5; kill -CONT ${pid}) >/dev/null 2>&1 &`;
        const other = `kill -STOP ${pid}; ${asks} >/dev/null 2>&1 & ${isHeld}; ${goesOn}`;
        host.arm("otherFirst", "--iothread", { other });
        const read = what === "host" ? readHost(there) : readDomain(there, name);
        const found = await read.then((each) => ("domains" in each ? each.domains.get(name) : each.domain));
        assert.isTrue(host.struck());
        assert.deepEqual(pollingIn(found), [32768, 32768]);
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
