import { copyFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { run } from "../../tools/sandbox/run.ts";
import { makeEngineEnvironment } from "../support/environment.ts";
import { temporaryFolder } from "../support/folders.ts";
import { startHost } from "../support/hosts.ts";
import { sandbox } from "../support/sandbox.ts";
import { makeTestUser } from "../support/users.ts";

describe("examples/fleet, as a user runs it", function () {
  this.timeout(300_000);

  it("is previewed: its canary, its gate, its other host, and where the threads go", async () => {
    const { uri, imagesDir, domainType } = await sandbox();
    // The same libvirt behind another address would have the same guests. A user's session has its own.
    const user = await makeTestUser("fleet-example");
    const other = await startHost({ users: [user.name] });
    const folder = temporaryFolder("fleet-example");
    for (const file of ["index.ts", "package.json", "tsconfig.json", "Pulumi.yaml"])
      copyFileSync(join("examples/fleet", file), join(folder, file));
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    const settings = {
      hosts: [uri, other.uri(user.name).replace("/system?", "/session?")],
      image: `${imagesDir}/fleet.raw`,
      type: domainType,
    };
    const lines = Object.entries(settings).map(
      ([name, value]) => `  fleet:${name}: ${JSON.stringify(value)}`,
    );
    writeFileSync(join(folder, "Pulumi.dev.yaml"), `config:\n${lines.join("\n")}\n`);
    const env = await makeEngineEnvironment();
    const pulumi = (...args: string[]) =>
      run(["pulumi", ...args, "--non-interactive"], { cwd: folder, env, timeoutMs: 120_000 });
    try {
      await pulumi("stack", "init", "dev");
      const { exitCode, stdout, stderr } = await pulumi("preview");
      expect(exitCode, stdout + stderr).to.equal(0);
      for (const step of [
        "Baseline web-canary",
        "Domain web-hv1-web-0",
        "Wave web-canary",
        "Domain web-hv2-web-0",
      ])
        expect(stdout).to.match(new RegExp(`:virsh:${step} +create`));
      expect(stdout).to.contain("hv2/web-0: vda → IO thread 1");
    } finally {
      await other.remove();
      await user.remove();
    }
  });
});
