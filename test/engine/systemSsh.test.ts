import { readdirSync } from "node:fs";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { makeClient } from "../support/connections.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { startHost } from "../support/hosts.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { patience } from "../support/patience.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

describe("a host that lets in certificates only", function () {
  this.timeout(300_000);

  for (const [frontEnd, make] of [
    ["dynamic", makeStack],
    ["native", makeNativeStack],
  ] as const)
    it(`is reached with ?command=ssh by the ${frontEnd} front end, which says so without it`, async () => {
      const { domainType: type } = await sandbox();
      const client = makeClient();
      const authority = client.makeKey("authority", "-t", "ed25519");
      const key = client.makeKey("certified", "-t", "ed25519");
      await mustRun(["ssh-keygen", "-q", "-s", authority, "-I", "test", "-n", "root", `${key}.pub`]);
      const server = await startHost({ lines: [`TrustedUserCAKeys ${authority}.pub`] });
      const uri = server.uri().replace(server.keyfile, key);
      const runtime = temporaryFolder("runtime");
      let host = uri;
      const stack = await make(async () => {
        new virsh.Domain("db", { host, name: testName(`ssh-${frontEnd}`), type, memory: "32 MiB" });
      });
      stack.stack.workspace.envVars.XDG_RUNTIME_DIR = runtime;
      try {
        const refused = await stack.up().then(
          () => expect.fail("it came in"),
          (error: unknown) => String(error),
        );
        expect(refused).to.match(
          /certified-cert\.pub \(a certificate, which ssh2 can't use: set PULUMI_VIRSH_SSH/,
        );
        host = `${uri}&command=ssh`;
        await stack.up();
        expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
        await waitFor(
          "the end of its sockets",
          10_000 * patience(),
          async () => readdirSync(runtime).length === 0,
        );
        host = `${uri}&command=ssh&pkipath=/tmp`;
        const wrong = await stack.preview().then(
          () => expect.fail("it was accepted"),
          (error: unknown) => String(error),
        );
        expect(wrong).to.match(/parameter "pkipath"; known ones: .*It is refused: it is for TLS/);
        host = `${uri}&command=ssh`;
      } finally {
        await stack.destroy();
        await stack.remove();
        removeFolder(runtime);
        await server.remove();
        await client.remove();
      }
    });
});
