import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { findChildren, waitFor } from "../../tools/sandbox/processes.ts";
import { type Client, fails, makeClient, runTrue } from "../support/connections.ts";
import { startHost, type TestHost } from "../support/hosts.ts";

describe("SSH configuration", () => {
  let one: TestHost;
  let two: TestHost;
  let client: Client;
  let known: string;
  before(async () => {
    client = makeClient();
    one = await startHost();
    two = await startHost();
    known = client.write("known", [one, two].map((each) => readFileSync(each.knownHosts, "utf8")).join(""));
    mkdirSync(join(client.folder, ".ssh", "conf.d"));
  });
  afterEach(() => client.reset());
  after(async () => {
    await Promise.all([one.remove(), two.remove()]);
    await client.remove();
  });

  const section = (name: string, of: TestHost, more = "") =>
    `Host ${name}\n  HostName 127.0.0.1\n  Port ${of.port}\n  User root\n  IdentityFile ${of.keyfile}\n  UserKnownHostsFile ${known}\n${more}`;
  const serverPort = async (uri: string): Promise<number> => {
    const [result] = await client.connect(uri).run([{ argv: ["sh", "-c", "echo $SSH_CONNECTION"] }]);
    return Number(result?.stdout.trim().split(" ").at(-1));
  };

  it("gives HostName, Port, User and keys, and the URI wins", async () => {
    client.configure(section("hv", one));
    assert.equal(await serverPort("qemu+ssh://hv/system"), one.port);
    const uri = `qemu+ssh://root@hv:${two.port}/system?keyfile=${two.keyfile}`;
    assert.equal(await serverPort(uri), two.port);
  });

  it("reads included files, by pattern and inside a section, as far as they fit the host", async () => {
    client.write(".ssh/conf.d/10-hv.conf", section("hv", one));
    client.write(".ssh/conf.d/20-late.conf", "Host hv\n  Port 1\n");
    client.write(".ssh/never.conf", "Host hv\n  Port 2\n");
    client.write(".ssh/user.conf", "User nobody\n");
    client.configure(
      "Host other\n  Include never.conf user.conf\nMatch all\nInclude conf.d/*.conf nowhere/*\n",
    );
    assert.equal(await serverPort("qemu+ssh://hv/system"), one.port);
    client.configure("Match user root\n  Include conf.d/*.conf\n");
    await fails(
      runTrue(client.connect("qemu+ssh://hv/system")),
      "sshConfigUnusable",
      /Match user root includes sections/,
    );
    client.configure(`Include conf.d/*.conf nowhere/*\nHost other\n  Include never.conf user.conf\n`);
    assert.equal(await serverPort("qemu+ssh://hv/system"), one.port);
    client.configure(`Host h*\n  Include ${client.folder}/.ssh/conf.d/10-hv.conf\n`);
    assert.equal(await serverPort("qemu+ssh://hv/system"), one.port);
  });

  it("refuses a circle of included files, and a Port that is none", async () => {
    client.configure("Include config\n");
    await fails(runTrue(client.connect("qemu+ssh://hv/system")), "sshConfigUnusable", /in a circle/);
    client.configure("Host hv\n  Port ssh\n");
    await fails(runTrue(client.connect("qemu+ssh://hv/system")), "sshConfigUnusable", /Port is "ssh"/);
  });

  it("replaces tokens and variables in names and paths", async () => {
    process.env.TEST_KEYS = client.folder;
    copyFileSync(one.keyfile, join(client.folder, `key-${one.port}-root`));
    const lines = `  HostName 127.0.0.%h\n  Port ${one.port}\n  User root\n  IdentityFile \${TEST_KEYS}/key-%p-%r\n  UserKnownHostsFile /nowhere ${known}\n`;
    client.configure(`Host 1\n${lines}`);
    try {
      assert.equal(await serverPort("qemu+ssh://1/system"), one.port);
    } finally {
      delete process.env.TEST_KEYS;
    }
  });

  it("goes through a chain of ProxyJump hosts, which hold nothing open afterwards", async () => {
    const last = await startHost();
    try {
      const uri = `qemu+ssh://root@hv/system?keyfile=${last.keyfile}`;
      const all = [one, two, last];
      const file = client.write("all", all.map((each) => readFileSync(each.knownHosts, "utf8")).join(""));
      const keys = all.map((each) => `  IdentityFile ${each.keyfile}\n`).join("");
      const of = (name: string, each: TestHost) =>
        `Host ${name}\n  HostName 127.0.0.1\n  Port ${each.port}\n  User root\n${keys}  UserKnownHostsFile ${file}\n`;
      client.configure(`${of("one", one)}${of("two", two)}${of("hv", last)}  ProxyJump one,two\n`);
      assert.equal(await serverPort(uri.replace(/\?.*/, "")), last.port);
      await client.reset();
      const isIdle = async () => all.every((each) => findChildren(each.process.pid).length === 0);
      await waitFor("the jump hosts' connections to end", 5_000, isIdle);
    } finally {
      await last.remove();
    }
  });

  it("says which jump host has no way on, and leaves nothing open there", async () => {
    client.configure(`${section("one", one)}Host hv\n  HostName 127.0.0.1\n  Port 1\n  ProxyJump one\n`);
    await fails(
      runTrue(client.connect("qemu+ssh://root@hv/system")),
      "unreachable",
      /jump host 127\.0\.0\.1 can't reach 127\.0\.0\.1 port 1 on \S+: ssh -p 1 root@hv\n/,
    );
    await waitFor("the jump host's connection to end", 30_000, async () => {
      return findChildren(one.process.pid).length === 0;
    });
  });

  it("refuses jump hosts that go round in a circle", async () => {
    client.configure("Host *\n  ProxyJump bastion\n");
    await fails(runTrue(client.connect("qemu+ssh://hv/system")), "sshConfigUnusable", /circle/);
  });

  it("connects by a ProxyCommand, and says what it said when it fails", async () => {
    const netcat = `${process.execPath} -e "const s=require('net').connect(+process.argv[2],process.argv[1]);process.stdin.pipe(s);s.pipe(process.stdout)" %h %p`;
    client.configure(section("hv", one, `  ProxyCommand ${netcat}\n`));
    const connection = client.connect("qemu+ssh://hv/system");
    const before = findChildren(process.pid).length;
    const [result] = await connection.run([{ argv: ["wc", "-c"], stdin: "x".repeat(3_000_000) }]);
    assert.equal(result?.stdout.trim(), "3000001");
    await connection.close();
    await waitFor("the command to end", 30_000, async () => findChildren(process.pid).length <= before);
    client.configure(section("hv", one, "  ProxyCommand sh -c 'echo no way >&2; exit 3' a-secret\n"));
    const failure = await fails(
      runTrue(client.connect("qemu+ssh://hv/system")),
      "unreachable",
      /ssh -p \d+ -i \S+ root@hv\n.*no way/,
    );
    assert.notInclude(failure.message, "a-secret");
  });
});
