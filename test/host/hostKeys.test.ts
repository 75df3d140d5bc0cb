import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { HostErrorCode } from "../../provider/errors.ts";
import { type Client, fails, makeClient, publicKey, runTrue } from "../support/connections.ts";
import { startHost, type TestHost } from "../support/hosts.ts";

describe("host keys", () => {
  let host: TestHost;
  let client: Client;
  let ecdsa: string;
  let rsa: string;
  before(async () => {
    client = makeClient();
    ecdsa = client.makeKey("host_ecdsa", "-t", "ecdsa");
    rsa = client.makeKey("host_rsa", "-t", "rsa", "-b", "2048");
    host = await startHost({ lines: [`HostKey ${ecdsa}`, `HostKey ${rsa}`] });
  });
  afterEach(() => client.reset());
  after(async () => {
    await host.remove();
    await client.remove();
  });

  const known = (text: string) => {
    const file = client.write("known", text);
    return `qemu+ssh://root@127.0.0.1:${host.port}/system?keyfile=${host.keyfile}&known_hosts=${file}`;
  };
  const at = () => `[127.0.0.1]:${host.port}`;
  const own = () => publicKey(`${host.hostKey}.pub`);
  const other = () => publicKey(`${client.makeKey("other", "-t", "ed25519")}.pub`);

  const refused: readonly {
    name: string;
    file: () => string;
    code: HostErrorCode;
    says: RegExp;
  }[] = [
    {
      name: "an unknown one, with its fingerprint and the command that accepts it",
      file: () => "",
      code: "hostKeyUnknown",
      says: /host key SHA256:\S+ is not in any known_hosts[\s\S]*ssh-keyscan -p \d+ '127\.0\.0\.1' >> '/,
    },
    {
      name: "a changed one, with the line and the command that forgets it",
      file: () => `# \n${at()} ${other()}\n`,
      code: "hostKeyChanged",
      says: /not the one in line 2 of [\s\S]*ssh-keygen -R '\[127/,
    },
    {
      name: "a revoked one, though another line knows it",
      file: () => `${at()} ${own()}\n@revoked * ${own()}\n`,
      code: "hostKeyRevoked",
      says: /is revoked in line 2/,
    },
    {
      name: "one of a certificate authority, and says that it can't check those",
      file: () => `@cert-authority * ${other()}\n`,
      code: "hostKeyUnknown",
      says: /certificate authority, which can't be used here/,
    },
  ];
  for (const { name, file, code, says } of refused) {
    it(`refuses ${name}`, () => fails(runTrue(client.connect(known(file()))), code, says));
  }

  for (const type of ["ed25519", "ecdsa", "rsa"] as const) {
    it(`asks the server for the type that is known: ${type}`, async () => {
      const file = { ed25519: host.hostKey, ecdsa, rsa }[type];
      assert.lengthOf(await runTrue(client.connect(known(`${at()} ${publicKey(`${file}.pub`)}\n`))), 1);
    });
  }

  it("knows hashed names, as ssh-keygen -H writes them", async () => {
    const uri = known(`${at()} ${own()}\n`);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", join(client.folder, "known")], { stdio: "ignore" });
    assert.match(readFileSync(join(client.folder, "known"), "utf8"), /^\|1\|/);
    assert.lengthOf(await runTrue(client.connect(uri)), 1);
  });

  it("fails when the known hosts can't be read, for what they refuse would be let in", () => {
    const uri = known("").replace(/known_hosts=.*/, `known_hosts=${client.folder}`);
    return fails(
      runTrue(client.connect(uri)),
      "sshConfigUnusable",
      /can't read the known hosts[\s\S]*EISDIR/,
    );
  });

  it("is made right by the very command that the message names", async () => {
    const uri = known("");
    const { message } = await fails(runTrue(client.connect(uri)), "hostKeyUnknown");
    const command = /if it is the right one: (.*)$/.exec(message)?.[1] ?? "";
    execFileSync("sh", ["-c", command], { stdio: "ignore" });
    assert.lengthOf(await runTrue(client.connect(uri)), 1);
  });

  it("looks for HostKeyAlias in known_hosts, and names it in the command that accepts the key", async () => {
    const file = client.write("known", "");
    client.configure(
      `Host hv\n  HostName 127.0.0.1\n  HostKeyAlias the-host\n  Port ${host.port}\n  User root\n  IdentityFile ${host.keyfile}\n  UserKnownHostsFile ${file}\n`,
    );
    const { message } = await fails(runTrue(client.connect("qemu+ssh://hv/system")), "hostKeyUnknown");
    execFileSync("sh", ["-c", /right one: (.*)$/.exec(message)?.[1] ?? ""], { stdio: "ignore" });
    assert.match(readFileSync(file, "utf8"), /^the-host /m);
    assert.lengthOf(await runTrue(client.connect("qemu+ssh://hv/system")), 1);
  });
});
