import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { closeConnections, connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { SystemChannel } from "../../provider/host/systemSsh/channel.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { findChildren, waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun, run } from "../../tools/sandbox/run.ts";
import { type Client, fails, makeClient, publicKey, runTrue } from "../support/connections.ts";
import { type CountedHost, countedHost } from "../support/countedHost.ts";
import { testDomain } from "../support/domains.ts";
import { temporaryFolder } from "../support/folders.ts";
import { startHost, type TestHost } from "../support/hosts.ts";
import { patience } from "../support/patience.ts";
import { startSecurityKeyAgent } from "../support/securityKeyAgent.ts";

/** Duration of a sleep that no other process has. */
const seconds = (whole: number) => `${whole}.${process.pid}`;

/** Connects with this machine's ssh. */
const bySsh = (uri: string) => `${uri}&command=ssh`;

describe("a connection by the system's ssh", () => {
  let host: CountedHost;
  let client: Client;
  /** Folder of its sockets. */
  let runtime: string;

  before(async () => {
    client = makeClient();
    host = await countedHost();
    runtime = temporaryFolder("runtime");
    process.env.XDG_RUNTIME_DIR = runtime;
  });
  afterEach(async () => {
    delete process.env.PULUMI_VIRSH_SSH;
    delete process.env.SSH_AUTH_SOCK;
    await client.reset();
    let left = "";
    const isOver = async () => {
      left = await processes();
      return left === "";
    };
    await waitFor("the end of its processes", 10_000, isOver).catch((error: Error) => {
      throw new Error(`${error.message}: ${left}`);
    });
    await waitFor("the end of its folders", 10_000, async () => readdirSync(runtime).length === 0);
  });
  after(async () => {
    delete process.env.XDG_RUNTIME_DIR;
    await host.remove();
    await client.remove();
  });

  /** Processes of ssh and of the shells beside it. */
  const processes = async () => (await run(["pgrep", "-af", `${runtime}/`])).stdout;

  it("runs commands as ssh2 does: input, exit codes, output and errors apart", async () => {
    const commands = [
      { argv: ["cat"], stdin: "täxt\n$HOME `id` 'x'" },
      { argv: ["sh", "-c", "echo out; echo err >&2; exit 3"] },
      { argv: ["head", "-c", "3000000", "/dev/zero"] },
    ];
    const [own, other] = await Promise.all(
      [bySsh(host.uri()), host.uri()].map((uri) => client.connect(uri).run(commands, { keepGoing: true })),
    );
    assert.deepEqual(own, other);
    assert.equal(own?.[0]?.stdout.trimEnd(), commands[0]?.stdin);
  });

  it("makes one connection for many commands side by side, and closes it", async () => {
    const logins = host.logins();
    const connection = client.connect(bySsh(host.uri()));
    await Promise.all(Array.from({ length: 20 }, () => runTrue(connection)));
    await connection.run([{ argv: ["true"] }], { isRead: true });
    assert.equal(host.logins() - logins, 1);
  });

  it("waits for a server that opens one session at a time, and counts its sessions", async () => {
    const narrow = await startHost({ maxSessions: 1 });
    try {
      const connection = client.connect(bySsh(narrow.uri()));
      const all = await Promise.all(Array.from({ length: 4 }, () => runTrue(connection)));
      assert.lengthOf(all.flat(), 4);
      assert.equal(await connection.countSessions?.(5), 1);
    } finally {
      await narrow.remove();
    }
  });

  it("is chosen by PULUMI_VIRSH_SSH too, which must be one of its values", async () => {
    process.env.PULUMI_VIRSH_SSH = "command";
    const connection = client.connect(host.uri());
    await runTrue(connection);
    assert.match(await processes(), /ssh -N -S /);
    process.env.PULUMI_VIRSH_SSH = "putty";
    await fails(runTrue(client.connect(host.uri())), "settingUnusable", /PULUMI_VIRSH_SSH is "putty"/);
  });

  it("always checks host keys: unknown, changed, revoked", async () => {
    const uriWith = (text: string) => bySsh(host.uri()).replace(host.knownHosts, client.write("known", text));
    const name = `[127.0.0.1]:${host.port}`;
    const stranger = publicKey(`${client.makeKey("stranger", "-t", "ed25519")}.pub`);
    const right = publicKey(`${host.hostKey}.pub`);
    await fails(runTrue(client.connect(uriWith(""))), "hostKeyUnknown", /not in any known_hosts/);
    await fails(
      runTrue(client.connect(uriWith(`${name} ${stranger}\n`))),
      "hostKeyChanged",
      /host key is SHA256:\S+, not the one in line 1 of .*known/,
    );
    await fails(
      runTrue(client.connect(uriWith(`${name} ${right}\n@revoked ${name} ${right}\n`))),
      "hostKeyRevoked",
    );
    assert.lengthOf(await runTrue(client.connect(uriWith(`${name} ${right}\n`))), 1);
  });

  it("says why it does not connect", async () => {
    const key = client.makeKey("refused", "-t", "ed25519");
    const uri = bySsh(host.uri());
    await fails(
      runTrue(client.connect(uri.replace(host.keyfile, key))),
      "authenticationRefused",
      /refused root; tried ssh's own keys/,
    );
    await fails(
      runTrue(client.connect(uri.replace(`:${host.port}`, ":1"))),
      "unreachable",
      /nothing listens/,
    );
    await fails(
      runTrue(client.connect("qemu+ssh://root@no.such.host.invalid/system?command=ssh")),
      "unreachable",
      /name is not known/,
    );
    await fails(
      runTrue(client.connect(uri.replace("command=ssh", "command=/nowhere/ssh"))),
      "settingUnusable",
      /nowhere\/ssh.*not found/,
    );
    process.env.PULUMI_VIRSH_PRIVATE_KEY = "a key";
    try {
      await fails(runTrue(client.connect(uri)), "settingUnusable", /PULUMI_VIRSH_PRIVATE_KEY can't be given/);
    } finally {
      delete process.env.PULUMI_VIRSH_PRIVATE_KEY;
    }
  });

  it("gives up on a server that says nothing", async () => {
    const silent = spawn("python3", [
      "-c",
      "import socket,time\ns=socket.create_server(('127.0.0.1',0))\nprint(s.getsockname()[1],flush=True)\ntime.sleep(60)",
    ]);
    const [port] = (await once(silent.stdout, "data")) as [Buffer];
    process.env.PULUMI_VIRSH_CONNECT_SECONDS = "1";
    const uri = bySsh(host.uri()).replace(`:${host.port}`, `:${Number(port)}`);
    try {
      await fails(runTrue(client.connect(uri)), "timedOut", /no answer within 1 s/);
    } finally {
      delete process.env.PULUMI_VIRSH_CONNECT_SECONDS;
      silent.kill();
    }
  });

  it("ends within a second when it is interrupted, and at the time limit of a command", async () => {
    const connection = client.connect(bySsh(host.uri()));
    await runTrue(connection);
    const interrupt = new AbortController();
    const running = connection.run([{ argv: ["sleep", seconds(60)] }], { signal: interrupt.signal });
    running.catch(() => {});
    await waitFor(
      "the command",
      10_000,
      async () => (await run(["pgrep", "-f", `^sleep ${seconds(60)}$`])).exitCode === 0,
    );
    const start = Date.now();
    interrupt.abort();
    await fails(running, "interrupted", /unknown/);
    // By the signal, not by the command.
    assert.isBelow(Date.now() - start, 1000 * patience());
    const [late] = await connection.run([{ argv: ["sleep", seconds(60)], timeoutSeconds: 1 }]);
    assert.equal(late?.exitCode, 124);
    assert.lengthOf(await runTrue(connection), 1);
  });

  it("does not know what a command did whose connection broke, and connects anew where none was sent", async () => {
    const connection = client.connect(bySsh(host.uri()));
    await runTrue(connection);
    const running = connection.run([{ argv: ["sleep", seconds(61)] }]);
    running.catch(() => {});
    await waitFor(
      "the command",
      10_000,
      async () => (await run(["pgrep", "-f", `^sleep ${seconds(61)}$`])).exitCode === 0,
    );
    await host.drop();
    await fails(running, "connectionLost", /unknown/);
    assert.lengthOf(await runTrue(connection), 1);
    await host.drop();
    assert.lengthOf(await runTrue(connection), 1);
    for (const each of [60, 61]) await run(["pkill", "-f", `^sleep ${seconds(each)}$`]);
  });

  it("leaves no process when its own was killed", async () => {
    const probe = spawn("node", [
      "-e",
      `require(${JSON.stringify(join(repository, "dist/provider/host/connections.js"))})
        .connectionTo(${JSON.stringify(bySsh(host.uri()))}).run([{ argv: ["sleep", ${JSON.stringify(seconds(62))}] }])`,
    ]);
    await waitFor(
      "the command",
      20_000,
      async () => (await run(["pgrep", "-f", `^sleep ${seconds(62)}$`])).exitCode === 0,
    );
    probe.kill("SIGKILL");
    await once(probe, "exit");
    await waitFor("the end of ssh", 10_000, async () => (await processes()) === "");
    await waitFor("the end of the session", 10_000, async () => findChildren(host.process.pid).length === 0);
    await run(["pkill", "-f", `^sleep ${seconds(62)}$`]);
    // The next connection of any process removes what this one left.
    await runTrue(client.connect(bySsh(host.uri())));
  });

  describe("ends an ssh that misses its first signal, as ssh 9.2 does where it begins to wait at that moment", () => {
    let uri: string;
    before(() => {
      const deaf = client.write(
        "deaf",
        `#!/bin/bash
ssh "$@" <&0 & ssh=$!
trap 'trap "kill $ssh" TERM' TERM
while kill -0 "$ssh" 2>/dev/null; do wait "$ssh"; code=$?; done
exit "$code"
`,
      );
      chmodSync(deaf, 0o700);
      uri = `${host.uri()}&command=${deaf}`;
    });

    it("when the connection is closed", async () => {
      const connection = client.connect(uri);
      assert.lengthOf(await runTrue(connection), 1);
      assert.match(await processes(), /ssh -N -S/);
      await connection.close();
      await waitFor("the end of ssh", 10_000, async () => (await processes()) === "");
    });

    it("when the program ends", async () => {
      const probe = await run(["node", join(repository, "dist/test/support/probe.js"), uri]);
      assert.match(probe.stdout, /libvirtVersion/, probe.stderr);
      await waitFor("the end of ssh", 10_000, async () => (await processes()) === "");
    });
  });

  it("takes what a session said that ended before its input did", async () => {
    const child = spawn("sh", ["-c", "echo mark; (sleep 0.3; echo said) &"]);
    const opened: unknown[] = [];
    const channel = new SystemChannel(child, "mark", (opening) => opened.push(opening));
    const ended: string[] = [];
    let said = "";
    for (const event of ["exit", "close"]) channel.once(event, () => ended.push(event));
    channel.on("data", (chunk: Buffer) => {
      said += chunk.toString();
    });
    channel.stderr.resume();
    // More than the pipe holds, as the padding can be beside other load.
    child.stdin.write(Buffer.alloc(4_000_000));
    channel.end();
    await once(channel, "close");
    assert.deepEqual([opened, ended, said], [["open"], ["exit", "close"], "said\n"]);
  });

  it("ends a program that read a host", async () => {
    const probe = await run(["node", join(repository, "dist/test/support/probe.js"), bySsh(host.uri())]);
    assert.match(probe.stdout, /libvirtVersion/, probe.stderr);
  });

  it("defines, reads and removes a guest", async () => {
    const mine = await testDomain("bySsh");
    const uri = bySsh(host.uri());
    await closeConnections();
    try {
      await mine.create("Domain", { host: uri, type: "qemu", memory: "32 MiB" });
      assert.equal((await readDomain(connectionTo(uri), mine.name)).domain?.name, mine.name);
    } finally {
      await mine.remove();
      await closeConnections();
    }
  });
});

describe("user certificates", () => {
  let host: TestHost;
  let client: Client;
  let key: string;
  let agent: ChildProcess;
  let socket: string;
  before(async () => {
    client = makeClient();
    const authority = client.makeKey("authority", "-t", "ed25519");
    key = client.makeKey("certified", "-t", "ed25519");
    await mustRun(["ssh-keygen", "-q", "-s", authority, "-I", "test", "-n", "root", `${key}.pub`]);
    host = await startHost({ lines: [`TrustedUserCAKeys ${authority}.pub`] });
    socket = join(client.folder, "agent");
    agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    await waitFor("the agent", 30_000, async () => existsSync(socket));
  });
  afterEach(async () => {
    delete process.env.SSH_AUTH_SOCK;
    await client.reset();
  });
  after(async () => {
    agent.kill();
    await host.remove();
    await client.remove();
  });

  it("log in from a file by ssh, and ssh2 says why it skips them", async () => {
    const uri = host.uri().replace(host.keyfile, key);
    await fails(
      runTrue(client.connect(uri)),
      "authenticationRefused",
      /certified-cert\.pub \(a certificate, which ssh2 can't use: set PULUMI_VIRSH_SSH=command\)/,
    );
    assert.lengthOf(await runTrue(client.connect(bySsh(uri))), 1);
  });

  it("log in from the agent by ssh, and ssh2 says why it skips them", async () => {
    process.env.SSH_AUTH_SOCK = socket;
    await mustRun(["ssh-add", "-q", key]);
    const uri = host.uri().replace(host.keyfile, client.makeKey("stranger", "-t", "ed25519"));
    await fails(
      runTrue(client.connect(uri)),
      "authenticationRefused",
      /a key of type ssh-ed25519-cert-v01@openssh\.com in the agent \(ssh2 can't use it: set PULUMI_VIRSH_SSH=command\)/,
    );
    assert.lengthOf(await runTrue(client.connect(bySsh(uri))), 1);
  });
});

describe("security keys", () => {
  it("log in from the agent by ssh, and ssh2 says why it skips them", async () => {
    const client = makeClient();
    const socket = join(client.folder, "agent");
    const agent = await startSecurityKeyAgent(socket);
    const keys = client.write("keys", `${agent.publicKey}\n`);
    const host = await startHost({ lines: [`Match all\nAuthorizedKeysFile ${keys}`] });
    process.env.SSH_AUTH_SOCK = socket;
    try {
      await fails(
        runTrue(client.connect(host.uri())),
        "authenticationRefused",
        /sk-ssh-ed25519@openssh\.com in the agent \(ssh2 can't use it: set PULUMI_VIRSH_SSH=command\)/,
      );
      assert.lengthOf(await runTrue(client.connect(bySsh(host.uri()))), 1);
    } finally {
      delete process.env.SSH_AUTH_SOCK;
      await client.reset();
      await agent.close();
      await host.remove();
      await client.remove();
    }
  });
});
