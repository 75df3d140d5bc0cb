import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { type Client, fails, makeClient, runTrue } from "../support/connections.ts";
import { startHost, type TestHost } from "../support/hosts.ts";

/**
 * Returns the key in the format of authorized_keys. ssh-keygen of OpenSSH 9.2 can't read ED25519 in PKCS#8.
 */
function publicKeyOf(privateKey: string): string {
  const { kty, crv, n = "", e = "", x = "", y = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  const field = (value: Buffer) =>
    Buffer.concat([Buffer.from([0, 0, value.length >> 8, value.length & 255]), value]);
  const bytes = (text: string) => Buffer.from(text, "base64url");
  const number = (text: string) =>
    (bytes(text)[0] ?? 0) < 128 ? bytes(text) : Buffer.concat([Buffer.from([0]), bytes(text)]);
  const name = kty === "RSA" ? "ssh-rsa" : kty === "EC" ? `ecdsa-sha2-nistp${crv?.slice(2)}` : "ssh-ed25519";
  const point = Buffer.concat([Buffer.from([4]), bytes(x), bytes(y)]);
  const parts =
    kty === "RSA" ? [number(e), number(n)] : kty === "EC" ? [Buffer.from(name.slice(11)), point] : [bytes(x)];
  return `${name} ${Buffer.concat([Buffer.from(name), ...parts].map(field)).toString("base64")}\n`;
}

describe("login", () => {
  let host: TestHost;
  let client: Client;
  let agent: ChildProcess;
  let socket: string;
  before(async () => {
    client = makeClient();
    host = await startHost();
    socket = join(client.folder, "agent");
    agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
    await waitFor("the agent", 30_000, async () => existsSync(socket));
  });
  afterEach(async () => {
    delete process.env.SSH_AUTH_SOCK;
    delete process.env.PULUMI_VIRSH_KEY_PASSPHRASE;
    await client.reset();
    ssh("ssh-add", "-q", "-D");
  });
  after(async () => {
    agent.kill();
    await host.remove();
    await client.remove();
  });

  const ssh = (...argv: string[]) =>
    execFileSync(argv[0] ?? "", argv.slice(1), {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      stdio: "ignore",
    });
  const uriWith = (key: string) => host.uri().replace(host.keyfile, key);
  const configure = (lines: string) =>
    client.configure(
      `Host hv\n  HostName 127.0.0.1\n  Port ${host.port}\n  User root\n  UserKnownHostsFile ${host.knownHosts}\n${lines}`,
    );
  /** Returns the key that the server accepts, encrypted with a passphrase. */
  const lockedKey = (passphrase: string, ...format: string[]) => {
    const file = join(client.folder, "locked");
    rmSync(`${file}.pub`, { force: true });
    writeFileSync(file, readFileSync(host.keyfile), { mode: 0o600 });
    execFileSync("ssh-keygen", ["-q", "-p", "-P", "", "-N", passphrase, "-f", file, ...format]);
    return file;
  };

  it("names the keys that were refused, and the same login by hand", () => {
    const key = client.makeKey("stranger", "-t", "ed25519");
    return fails(
      runTrue(client.connect(uriWith(key))),
      "authenticationRefused",
      /refused root; tried \S*stranger on qemu\+ssh:\/\/root@\S+: ssh -p \d+ -i \S+ root@127\.0\.0\.1\n.*agent/,
    );
  });

  it("says that there is no key at all, and that a key file is not there", async () => {
    configure("");
    await fails(
      runTrue(client.connect("qemu+ssh://hv/system")),
      "authenticationRefused",
      /tried nothing: there is no agent/,
    );
    await fails(runTrue(client.connect(uriWith("/nowhere/key"))), "authenticationRefused", /ENOENT/);
  });

  it("opens a key with the passphrase of the environment, and never repeats it", async () => {
    const key = lockedKey("right secret");
    const uri = uriWith(key);
    await fails(
      runTrue(client.connect(uri)),
      "authenticationRefused",
      /locked \(needs PULUMI_VIRSH_KEY_PASSPHRASE/,
    );
    process.env.PULUMI_VIRSH_KEY_PASSPHRASE = "wrong secret";
    const wrong = await fails(
      runTrue(client.connect(uri)),
      "authenticationRefused",
      /PULUMI_VIRSH_KEY_PASSPHRASE does not open it/,
    );
    assert.notInclude(JSON.stringify(wrong) + wrong.message + wrong.stack, "secret");
    process.env.PULUMI_VIRSH_KEY_PASSPHRASE = "right secret";
    assert.lengthOf(await runTrue(client.connect(uri)), 1);
  });

  it("uses the agent, among many keys and without a key file", async () => {
    for (let index = 0; index < 3; index++) {
      ssh("ssh-add", "-q", client.makeKey(`key${index}`, "-t", "ed25519"));
    }
    ssh("ssh-add", "-q", host.keyfile);
    process.env.SSH_AUTH_SOCK = socket;
    configure("");
    assert.lengthOf(await runTrue(client.connect("qemu+ssh://hv/system")), 1);
  });

  it("takes a named key from the agent first, so that MaxAuthTries is not used up", async () => {
    for (let index = 0; index < 8; index++) {
      ssh("ssh-add", "-q", client.makeKey(`key${index}`, "-t", "ed25519"));
    }
    const key = lockedKey("a secret");
    ssh("ssh-add", "-q", host.keyfile);
    configure(`  IdentityFile ${key}\n  IdentityAgent ${socket}\n`);
    assert.lengthOf(await runTrue(client.connect("qemu+ssh://hv/system")), 1);
  });

  it("with IdentitiesOnly offers of the agent's keys only those that are named", async () => {
    ssh("ssh-add", "-q", host.keyfile);
    const stranger = client.makeKey("stranger", "-t", "ed25519");
    configure(`  IdentityFile ${stranger}\n  IdentitiesOnly yes\n  IdentityAgent ${socket}\n`);
    await fails(runTrue(client.connect("qemu+ssh://hv/system")), "authenticationRefused");
    const half = client.write("half.pub", readFileSync(`${host.keyfile}.pub`, "utf8"));
    configure(
      `  IdentityFile ${stranger}\n  IdentityFile ${half}\n  IdentitiesOnly yes\n  IdentityAgent ${socket}\n`,
    );
    assert.lengthOf(await runTrue(client.connect("qemu+ssh://hv/system")), 1);
  });

  it("goes on with key files when the agent does not answer", async () => {
    process.env.SSH_AUTH_SOCK = join(client.folder, "no-agent");
    assert.lengthOf(await runTrue(client.connect(host.uri())), 1);
  });

  for (const [type, ...generate] of [
    ["rsa", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
    ["ecdsa", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"],
    ["ed25519", "-algorithm", "ED25519"],
  ] as const) {
    it(`logs in with a key of type ${type} in PKCS#8, locked or not, and says why not`, async () => {
      const key = client.write(`pkcs8_${type}`, await mustRun(["openssl", "genpkey", ...generate]));
      const locked = `${key}_locked`;
      await mustRun([
        "openssl",
        "pkcs8",
        "-topk8",
        "-in",
        key,
        "-passout",
        "pass:right secret",
        "-out",
        locked,
      ]);
      const keys = client.write("keys", publicKeyOf(readFileSync(key, "utf8")));
      const server = await startHost({ lines: [`Match all\nAuthorizedKeysFile ${keys}`] });
      const login = (file: string) => runTrue(client.connect(server.uri().replace(server.keyfile, file)));
      try {
        assert.lengthOf(await login(key), 1);
        await fails(login(locked), "authenticationRefused", /locked \(needs PULUMI_VIRSH_KEY_PASSPHRASE/);
        process.env.PULUMI_VIRSH_KEY_PASSPHRASE = "wrong secret";
        await fails(
          login(locked),
          "authenticationRefused",
          /locked \(PULUMI_VIRSH_KEY_PASSPHRASE does not open it/,
        );
        process.env.PULUMI_VIRSH_KEY_PASSPHRASE = "right secret";
        assert.lengthOf(await login(locked), 1);
      } finally {
        await server.remove();
      }
    });
  }

  for (const type of ["rsa", "ecdsa", "ed25519"] as const) {
    it(`logs in with a key of type ${type}`, async () => {
      const key = client.makeKey(`user_${type}`, "-t", type);
      const keys = client.write("keys", readFileSync(`${key}.pub`, "utf8"));
      const server = await startHost({ lines: [`Match all\nAuthorizedKeysFile ${keys}`] });
      try {
        assert.lengthOf(await runTrue(client.connect(server.uri().replace(server.keyfile, key))), 1);
      } finally {
        await server.remove();
      }
    });
  }
});
