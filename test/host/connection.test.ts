import { expect } from "chai";
import fc from "fast-check";
import { HostError } from "../../provider/errors.ts";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { localConnection } from "../../provider/host/connection/local.ts";
import type { HostUri } from "../../provider/host/connection/uri.ts";
import { parseHostUri } from "../../provider/host/connection/uri.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { sshConnection } from "../../provider/host/ssh/connection.ts";
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
  const open: Connection[] = [];
  before(async () => {
    box = await sandbox();
  });
  after(async () => {
    await Promise.all(open.map((each) => each.close()));
  });
  const connect = () => {
    const made = sshConnection(uriOf(box.uri));
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

  it("tells a domain that is not there from a host that does not answer", async () => {
    const { domain, host } = await readDomain(connect(), testName("none"));
    expect(domain).to.equal(null);
    expect(host.onlineCpus).to.deep.equal(box.cpus);
    const error = await failureOf(readDomain(localConnection("qemu:///nowhere"), "x"));
    expect(error.message).to.contain("error:");
  });
});
