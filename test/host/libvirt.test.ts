import { rmSync } from "node:fs";
import { assert } from "chai";
import { openActivity } from "../../provider/host/activity/reader.ts";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { localConnection } from "../../provider/host/connection/local.ts";
import { readDomain, readHost } from "../../provider/host/read/read.ts";
import { virsh } from "../../provider/host/virsh/virsh.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { createResource } from "../../provider/operations/resource.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { run } from "../../tools/sandbox/run.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { type Client, fails, makeClient } from "../support/connections.ts";
import { startHost, type TestHost } from "../support/hosts.ts";
import { patience } from "../support/patience.ts";
import { testName } from "../support/sandbox.ts";
import { makeTestUser, type TestUser } from "../support/users.ts";

const domainXml = (name: string) =>
  `<domain type="qemu"><name>${name}</name><memory unit="MiB">32</memory><vcpu>1</vcpu><iothreads>1</iothreads><os><type arch="x86_64">hvm</type></os></domain>`;

async function must(connection: Connection, args: readonly string[], stdin?: string): Promise<void> {
  const [result] = await connection.run([virsh(connection, args, stdin)]);
  assert.equal(result?.exitCode, 0, result?.stderr);
}

describe("libvirt as another user's session", () => {
  let user: TestUser;
  let host: TestHost;
  let sleepy: TestHost;
  let client: Client;
  const name = testName("session");
  const session = (of: TestHost) => client.connect(of.uri(user.name).replace("/system?", "/session?"));
  before(async () => {
    client = makeClient();
    user = await makeTestUser("own");
    host = await startHost({ users: [user.name] });
    // On this host virsh does not start a daemon when none runs.
    sleepy = await startHost({ users: [user.name], lines: ["SetEnv LIBVIRT_AUTOSTART=0"] });
  });
  afterEach(() => client.reset());
  after(async () => {
    await client.remove();
    await Promise.all([host.remove(), sleepy.remove()]);
    await user.remove();
  });

  it("says that no libvirtd runs, with the command that starts one", () =>
    fails(
      readHost(session(sleepy)),
      "libvirtDown",
      /virsh -c qemu:\/\/\/session list\nerror: Failed to connect socket.*No such file[\s\S]*systemctl start libvirtd/,
    ));

  it("reads guests and their threads without being root", async () => {
    const connection = session(host);
    await must(connection, ["define", "/dev/stdin"], domainXml(name));
    await must(connection, ["start", name]);
    const { domain } = await readDomain(connection, name);
    assert.equal(domain?.state, "running");
    const [thread] = domain?.ioThreads ?? [];
    assert.equal(thread?.id, 1);
    assert.isAbove(thread?.threadId ?? 0, 0);
    assert.include(user.processes("qemu-system-x86"), domain?.qemuPid);
  });

  for (const [what, lines] of [
    ["without XDG_RUNTIME_DIR", []],
    ["with a runtime folder", ["SetEnv XDG_RUNTIME_DIR=/tmp/%s"]],
  ] as const)
    it(`knows the threads of a guest as top does, ${what}`, async () => {
      const own = await makeTestUser(lines.length === 0 ? "plain" : "xdg");
      const folder = `/tmp/${own.name}`;
      const there = await startHost({
        users: [own.name],
        lines: lines.map((line) => line.replace("/tmp/%s", folder)),
      });
      const connection = client.connect(there.uri(own.name).replace("/system?", "/session?"));
      try {
        await must(connection, ["define", "/dev/stdin"], domainXml(name));
        await must(connection, ["start", name]);
        const { domain } = await readDomain(connection, name);
        const sample = await (await openActivity(connection, [name])).read();
        const [thread] = domain?.ioThreads ?? [];
        const [, watched] = [...sample.domains].find(([, each]) => each.name === name) ?? [];
        assert.isAbove(thread?.threadId ?? 0, 0);
        assert.equal(watched?.pid, domain?.qemuPid);
        assert.include(watched?.threads.map(({ threadId }) => threadId) ?? [], thread?.threadId ?? 0);
      } finally {
        await there.remove();
        await own.remove();
        rmSync(folder, { recursive: true, force: true });
      }
    });

  it("takes no thread of a guest of the same name that another libvirtd runs", async () => {
    const local = localConnection("qemu:///system");
    await must(local, ["define", "/dev/stdin"], domainXml(name));
    try {
      await must(local, ["start", name]);
      const [there, here] = [await readDomain(local, name), await readDomain(session(host), name)];
      assert.include(user.processes("qemu-system-x86"), here.domain?.qemuPid);
      assert.notEqual(there.domain?.ioThreads[0]?.threadId, here.domain?.ioThreads[0]?.threadId);
    } finally {
      await removeDomain(name);
    }
  });

  it("is an error in time when libvirtd hangs, and no guest is gone; later it goes on", async () => {
    const connection = session(host);
    await readHost(connection);
    // A process that it forks for a moment has its name, and may have a lower id.
    const daemons = user.processes("libvirtd").map(String);
    await run(["kill", "-STOP", ...daemons]);
    process.env.PULUMI_VIRSH_ANSWER_SECONDS = "1";
    const start = performance.now();
    try {
      await fails(
        readDomain(connection, name),
        "timedOut",
        /can't read the domains: no answer within its time limit on qemu\+ssh:\S+: virsh -c[\s\S]*hangs or is very slow/,
      );
      assert.isBelow(performance.now() - start, 1_000 + 5_000 * patience());
    } finally {
      delete process.env.PULUMI_VIRSH_ANSWER_SECONDS;
      await run(["kill", "-CONT", ...daemons]);
    }
    assert.isNotNull((await readDomain(connection, name)).domain);
  });

  it("is an error when libvirtd was killed, and no guest is gone; with the next daemon it is there", async () => {
    for (const daemon of user.processes("libvirtd")) process.kill(daemon, "SIGKILL");
    await waitFor("its end", 30_000, async () => user.processes("libvirtd").length === 0);
    await fails(readDomain(session(sleepy), name), "libvirtDown", /Connection refused/);
    assert.equal((await readDomain(session(host), name)).domain?.state, "running");
  });

  it("may not use the system's libvirtd as a user without rights", () =>
    fails(readHost(client.connect(host.uri(user.name))), "libvirtDenied", /group libvirt/));
});

describe("libvirt that is away, and users with few rights", () => {
  let client: Client;
  before(() => {
    client = makeClient();
  });
  after(() => client.remove());

  it("is refused by a system's libvirtd that is not there, over SSH and here", async () => {
    const host = await startHost();
    try {
      const nowhere = `${host.uri()}&socket=/run/nowhere/libvirt-sock`;
      const says = /nowhere[\s\S]*start libvirtd/;
      await fails(readHost(client.connect(nowhere)), "libvirtDown", says);
      const local = localConnection("qemu:///system?socket=/run/nowhere/libvirt-sock");
      await fails(readHost(local), "libvirtDown", says);
    } finally {
      await client.reset();
      await host.remove();
    }
  });

  it("is used or refused exactly as virsh itself by a user of the group libvirt", async () => {
    const user = await makeTestUser("group", ["libvirt"]);
    const host = await startHost({ users: [user.name] });
    try {
      const own = await run(["runuser", "-u", user.name, "--", "virsh", "-c", "qemu:///system", "list"]);
      const reading = readHost(client.connect(host.uri(user.name)));
      if (own.exitCode === 0) assert.isAbove((await reading).host.libvirtVersion, 0);
      else await fails(reading, "libvirtDenied", /group libvirt/);
    } finally {
      await client.reset();
      await host.remove();
      await user.remove();
    }
  });

  it("gives no kernel data of threads where it can't be read, and does not fail", async () => {
    const name = testName("hidden");
    const local = localConnection("qemu:///system");
    await must(local, ["define", "/dev/stdin"], domainXml(name));
    await must(local, ["start", name]);
    // This login sees only its own processes.
    const hide = "mount -t tmpfs none /run/libvirt/qemu && exec sh -s";
    const host = await startHost({ lines: [`ForceCommand unshare -m sh -c '${hide}'`] });
    try {
      const { domain } = await readDomain(client.connect(host.uri()), name);
      assert.equal(domain?.state, "running");
      assert.deepInclude(domain?.ioThreads[0], {
        id: 1,
        pollMaxNs: 32768,
        threadId: null,
        cpusAllowed: null,
      });
      assert.isNull(domain?.qemuPid ?? null);
      const pin = { host: host.uri(), domain: name, ioThread: 1, cpuset: "0" };
      const { outputs, notes } = await createResource(kinds.IoThreadPin, pin);
      assert.isNull(outputs.cpusAllowed);
      assert.match(
        notes.join(),
        /can't read the kernel's data of IO thread 1: libvirt's word is taken for it/,
      );
    } finally {
      await client.reset();
      await host.remove();
      await removeDomain(name);
    }
  });
});
