import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "chai";
import { HostError } from "../../provider/errors.ts";
import type { Connection } from "../../provider/host/connection.ts";
import { readDomain, readHost } from "../../provider/host/read.ts";
import { sshConnection } from "../../provider/host/ssh.ts";
import { parseHostUri } from "../../provider/host/uri.ts";
import { startHost, type TestHost } from "../support/hosts.ts";

const open: Connection[] = [];

function connect(uriText: string): Connection {
  const uri = parseHostUri(uriText);
  if ("failure" in uri) throw new Error(uri.failure);
  const connection = sshConnection(uri);
  open.push(connection);
  return connection;
}

async function fails(uri: string, message: RegExp): Promise<void> {
  try {
    await connect(uri).run([{ argv: ["true"] }]);
  } catch (error) {
    assert.instanceOf(error, HostError);
    assert.match((error as Error).message, message);
    return;
  }
  assert.fail("it connected");
}

const publicKey = (file: string) => readFileSync(file, "utf8").trim().split(" ").slice(0, 2).join(" ");

describe("connection over SSH", () => {
  let host: TestHost;
  let folder: string;
  const home = process.env.HOME;
  const agent = process.env.SSH_AUTH_SOCK;
  before(async () => {
    host = await startHost();
    folder = mkdtempSync(join(tmpdir(), "pulumi-virsh-ssh-"));
    mkdirSync(join(folder, ".ssh"));
    process.env.HOME = folder;
    delete process.env.SSH_AUTH_SOCK;
  });
  afterEach(async () => {
    rmSync(join(folder, ".ssh", "config"), { force: true });
    await Promise.all(open.splice(0).map((each) => each.close()));
  });
  after(async () => {
    process.env.HOME = home;
    if (agent) process.env.SSH_AUTH_SOCK = agent;
    rmSync(folder, { recursive: true });
    await host.remove();
  });

  const known = (text: string): string => {
    const file = join(folder, "known");
    writeFileSync(file, text);
    return `qemu+ssh://root@127.0.0.1:${host.port}/system?keyfile=${host.keyfile}&known_hosts=${file}`;
  };
  const newKey = (name: string, ...args: string[]): string => {
    const file = join(folder, name);
    rmSync(file, { force: true });
    execFileSync("ssh-keygen", ["-q", "-f", file, ...args]);
    return file;
  };

  it("runs commands in one session, with input, status and both outputs apart", async () => {
    const results = await connect(host.uri()).run([
      { argv: ["sh", "-c", "cat; echo err >&2"], stdin: "a'b\"$(id)\\ü" },
      { argv: ["sh", "-c", "exit 3"] },
      { argv: ["echo", "never"] },
    ]);
    assert.deepEqual(
      results.map(({ exitCode, stdout, stderr }) => [exitCode, stdout, stderr]),
      [
        [0, "a'b\"$(id)\\ü\n", "err\n"],
        [3, "", ""],
      ],
    );
  });

  it("reads the host, and no domain of that name is null", async () => {
    const connection = connect(host.uri());
    assert.isAbove((await readHost(connection)).host.libvirtVersion, 1_000_000);
    assert.isNull((await readDomain(connection, "no-such domain")).domain);
  });

  it("refuses an unknown host key with its fingerprint and the command that accepts it", () =>
    fails(
      known(""),
      /host key SHA256:\S+ is not in any known_hosts[\s\S]*ssh-keyscan -p \d+ '127\.0\.0\.1' >> '/,
    ));

  it("refuses a changed host key with the line and the command that forgets it", () => {
    const other = publicKey(`${newKey("other", "-N", "", "-t", "ed25519")}.pub`);
    return fails(
      known(`# \n[127.0.0.1]:${host.port} ${other}\n`),
      /not the one in line 2[\s\S]*ssh-keygen -R '\[127/,
    );
  });

  it("refuses a revoked host key though another line knows it", () => {
    const key = publicKey(`${host.hostKey}.pub`);
    return fails(known(`[127.0.0.1]:${host.port} ${key}\n@revoked * ${key}\n`), /is revoked in line 2/);
  });

  it("knows hashed names, as ssh-keygen -H writes them", async () => {
    const uri = known(`[127.0.0.1]:${host.port} ${publicKey(`${host.hostKey}.pub`)}\n`);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", join(folder, "known")], { stdio: "ignore" });
    assert.match(readFileSync(join(folder, "known"), "utf8"), /^\|1\|/);
    assert.lengthOf(await connect(uri).run([{ argv: ["true"] }]), 1);
  });

  it("names the keys that were refused", () => {
    const key = newKey("stranger", "-N", "", "-t", "ed25519");
    return fails(host.uri().replace(host.keyfile, key), /refused root; tried .*stranger/);
  });

  it("takes the passphrase of a key from the environment only, and never repeats it", async () => {
    const key = newKey("locked", "-N", "old secret", "-t", "ed25519");
    await fails(host.uri().replace(host.keyfile, key), /locked \(needs PULUMI_VIRSH_KEY_PASSPHRASE/);
    writeFileSync(key, readFileSync(host.keyfile), { mode: 0o600 });
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", "new secret", "-f", key]);
    process.env.PULUMI_VIRSH_KEY_PASSPHRASE = "new secret";
    try {
      assert.lengthOf(await connect(host.uri().replace(host.keyfile, key)).run([{ argv: ["true"] }]), 1);
    } finally {
      delete process.env.PULUMI_VIRSH_KEY_PASSPHRASE;
    }
  });

  it("says what refuses a connection and what has no name", async () => {
    await fails(
      "qemu+ssh://root@127.0.0.1:1/system",
      /can't connect to 127\.0\.0\.1 port 1[\s\S]*is sshd running/,
    );
    await fails("qemu+ssh://root@no-such-host.invalid/system", /can't connect to no-such-host[\s\S]*DNS/);
  });

  it("goes through a chain of ProxyJump hosts of ~/.ssh/config", async () => {
    const jump = await startHost();
    const last = await startHost();
    try {
      const file = join(folder, "known");
      writeFileSync(file, [host, jump, last].map((each) => readFileSync(each.knownHosts, "utf8")).join(""));
      const lines = (name: string, of: TestHost) =>
        `Host ${name}\n  HostName 127.0.0.1\n  Port ${of.port}\n  User root\n  IdentityFile ${of.keyfile}\n  UserKnownHostsFile ${file}\n`;
      writeFileSync(
        join(folder, ".ssh", "config"),
        `${lines("one", host)}${lines("two", jump)}${lines("hv", last)}  ProxyJump one,two\n`,
      );
      const [result] = await connect("qemu+ssh://hv/system").run([
        { argv: ["sh", "-c", "echo $SSH_CONNECTION"] },
      ]);
      assert.match(result?.stdout ?? "", new RegExp(` ${last.port}\\n$`));
      assert.match(readFileSync(jump.log, "utf8"), /Accepted|Starting session|Connection|Server listening/);
    } finally {
      await jump.remove();
      await last.remove();
    }
  });

  it("queues sessions where the server allows one (MaxSessions 1)", async () => {
    const narrow = await startHost({ maxSessions: 1 });
    try {
      const connection = connect(narrow.uri());
      const all = await Promise.all(
        Array.from({ length: 12 }, (_, i) => connection.run([{ argv: ["echo", String(i)] }])),
      );
      assert.deepEqual(
        all.map(([one]) => one?.stdout),
        Array.from({ length: 12 }, (_, i) => `${i}\n`),
      );
    } finally {
      await narrow.remove();
    }
  });

  it("tries again where the server hangs up on too many logins (MaxStartups 1)", async () => {
    const busy = await startHost({ maxStartups: 1 });
    try {
      const all = await Promise.all([1, 2, 3, 4].map(() => connect(busy.uri()).run([{ argv: ["true"] }])));
      assert.lengthOf(all, 4);
    } finally {
      await busy.remove();
    }
  });

  it("fails a broken connection and connects again at the next call", async () => {
    const connection = connect(host.uri());
    const cut = {
      argv: [
        "sh",
        "-c",
        'kill -9 "$(ps -o ppid= -p "$(ps -o ppid= -p "$(ps -o ppid= -p $$)")" | tr -d " ")"',
      ],
    };
    const failure = await connection.run([cut, { argv: ["sleep", "5"] }]).then(
      () => null,
      (error: unknown) => error,
    );
    assert.instanceOf(failure, HostError);
    assert.match(String(failure), /broke before the commands had ended/);
    assert.lengthOf(await connection.run([{ argv: ["true"] }]), 1);
  });

  it("ends a command beyond its time limit with status 124", async () => {
    const [result] = await connect(host.uri()).run([{ argv: ["sleep", "30"], timeoutSeconds: 1 }]);
    assert.equal(result?.exitCode, 124);
  });
});
