import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { HostError } from "../../provider/errors.ts";
import type { Connection } from "../../provider/host/connection.ts";
import { localConnection } from "../../provider/host/local.ts";
import { readDomain, readHost } from "../../provider/host/read.ts";
import { sshConnection } from "../../provider/host/ssh.ts";
import type { HostUri } from "../../provider/host/uri.ts";
import { parseHostUri } from "../../provider/host/uri.ts";
import type { Sandbox } from "../../tools/sandbox/sandbox.ts";
import { sandbox, testName } from "../support/sandbox.ts";

function uriOf(text: string): HostUri {
  const uri = parseHostUri(text);
  if ("failure" in uri) throw new Error(uri.failure);
  return uri;
}

async function failureOf(act: Promise<unknown>): Promise<HostError> {
  const error = await act.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(HostError);
  return error as HostError;
}

describe("connections", function () {
  this.timeout(300_000);
  let box: Sandbox;
  let folder: string;
  const open: Connection[] = [];
  before(async () => {
    box = await sandbox();
    folder = mkdtempSync(join(tmpdir(), "pulumi-virsh-hosts-"));
  });
  after(async () => {
    await Promise.all(open.map((each) => each.close()));
    rmSync(folder, { recursive: true, force: true });
  });
  const connect = (changes: Partial<HostUri> = {}) => {
    const made = sshConnection({ ...uriOf(box.uri), ...changes });
    open.push(made);
    return made;
  };

  for (const way of ["ssh", "local"] as const) {
    it(`${way}: any word reaches the program as data`, async () => {
      const connection = way === "ssh" ? connect() : localConnection("qemu:///system");
      const word = fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.replaceAll("\0", ""));
      await fc.assert(
        fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 5 }), word, async (words, stdin) => {
          const results = await connection.run([
            { argv: ["printf", "%s|", ...words] },
            { argv: ["cat"], stdin },
          ]);
          expect(results[0]?.stdout).to.equal(words.map((each) => `${each}|`).join(""));
          expect(results[1]?.stdout).to.equal(`${stdin}\n`);
        }),
        { numRuns: 25 },
      );
    });

    it(`${way}: stops at the first failure and says what it said`, async () => {
      const connection = way === "ssh" ? connect() : localConnection("qemu:///system");
      const results = await connection.run([
        { argv: ["true"] },
        { argv: ["sh", "-c", "echo no >&2; exit 3"] },
        { argv: ["true"] },
      ]);
      expect(results.map(({ exitCode }) => exitCode)).to.deep.equal([0, 3]);
      expect(results[1]?.stderr.trim()).to.equal("no");
    });

    it(`${way}: a command beyond its limit is ended`, async () => {
      const connection = way === "ssh" ? connect() : localConnection("qemu:///system");
      const [result] = await connection.run([{ argv: ["sleep", "60"], timeoutSeconds: 1 }]);
      expect(result?.exitCode).to.equal(124);
    });
  }

  it("refuses an unknown host key, with fingerprint and remedy", async () => {
    const knownHosts = join(folder, "empty");
    writeFileSync(knownHosts, "");
    const error = await failureOf(readHost(connect({ knownHosts })));
    expect(error.message)
      .to.match(/SHA256:\S+ is not in/)
      .and.to.contain("ssh-keyscan -p");
  });

  it("refuses a changed and a revoked host key", async () => {
    const line = readFileSync(box.knownHosts, "utf8").trim().split("\n")[0] ?? "";
    const [host = "", type = "", key = ""] = line.split(" ");
    const changed = join(folder, "changed");
    writeFileSync(changed, `${host} ${type} ${key.slice(0, -4)}AAAA\n`);
    expect((await failureOf(readHost(connect({ knownHosts: changed })))).message).to.contain(
      "not the one in line 1",
    );
    const revoked = join(folder, "revoked");
    writeFileSync(revoked, `@revoked ${host} ${type} ${key}\n${line}\n`);
    expect((await failureOf(readHost(connect({ knownHosts: revoked })))).message).to.contain(
      "is revoked in line 1",
    );
  });

  it("says who was refused and what was tried", async () => {
    const error = await failureOf(readHost(connect({ keyFile: join(folder, "none") })));
    expect(error.message).to.contain("the server refused root; tried");
  });

  it("says that nobody listens", async () => {
    const error = await failureOf(
      readHost(connect({ ssh: { hostName: "127.0.0.1", user: "root", port: 1 } })),
    );
    expect(error.message).to.contain("ECONNREFUSED");
  });

  it("tells a domain that is not there from a host that does not answer", async () => {
    const { domain, host } = await readDomain(connect(), testName("none"));
    expect(domain).to.equal(null);
    expect(host.onlineCpus).to.deep.equal(box.cpus);
    const error = await failureOf(readDomain(localConnection("qemu:///nowhere"), "x"));
    expect(error.message).to.contain("error:");
  });
});
