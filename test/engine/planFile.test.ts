import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

describe("the plan file of a preview", function () {
  this.timeout(300_000);

  it("becomes a comment that says which guest changes, and what that costs it", async () => {
    const { uri: host, domainType: type } = await sandbox();
    const name = testName("planFile");
    const folder = temporaryFolder("plan");
    const file = join(folder, "plan.jsonl");
    let cpuset = "0";
    let memory = "32 MiB";
    const stack = await makeStack(async () => {
      const db = new virsh.Domain("db", {
        host,
        name,
        type,
        memory,
        ioThreads: 1,
        running: true,
        forceOff: true,
        shutdownTimeoutSeconds: 0,
        xml: "<domain><devices><graphics type='vnc' passwd='hunter2'/></devices></domain>",
      });
      new virsh.IoThreadPin("pin", { host, domain: db.name, ioThread: 1, cpuset });
    });
    try {
      await stack.up();
      [cpuset, memory] = ["1", "48 MiB"];
      stack.stack.workspace.envVars.PULUMI_VIRSH_PLAN = file;
      await stack.preview();
      delete stack.stack.workspace.envVars.PULUMI_VIRSH_PLAN;
      expect(existsSync(file)).to.equal(true);
      const kinds = readFileSync(file, "utf8")
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { kind: string }).kind);
      expect(kinds.toSorted()).to.deep.equal(["host", "resource", "resource"]);
      const cli = join(repository, "dist/provider/cli/main.js");
      const comment = execFileSync(process.execPath, [cli, "report", file], { encoding: "utf8" });
      expect(comment).to.contain(name).and.to.contain("next boot").and.to.contain("live");
      expect(comment)
        .to.match(/iothreadpin/)
        .and.to.match(/32768/)
        .and.to.match(/49152/);
      expect(`${readFileSync(file, "utf8")}${comment}`).not.to.contain("hunter2");
    } finally {
      await stack.destroy();
      await stack.remove();
      removeFolder(folder);
    }
  });
});
