import { join } from "node:path";
import { expect } from "chai";
import { readDomain } from "../../provider/host/read.ts";
import { connectionTo } from "../../provider/host/session.ts";
import * as virsh from "../../provider/index.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { run } from "../../tools/sandbox/run.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const main = join(repository, "dist/provider/cli/main.js");

describe("from dynamic resources to native ones", function () {
  this.timeout(300_000);

  it("moves a state without touching the guest, and the preview is empty", async () => {
    const { uri: host, domainType } = await sandbox();
    const name = testName("migrate");
    const program = async () => {
      const db = new virsh.Domain("db", {
        host,
        name,
        type: domainType,
        running: true,
        memory: "64 MiB",
        ioThreads: 1,
        xml: "<domain><devices><graphics type='vnc' passwd='hunter2'/></devices></domain>",
        forceOff: true,
        shutdownTimeoutSeconds: 1,
      });
      const extra = new virsh.IoThread("extra", { host, domain: db.name });
      new virsh.IoThreadPin("pin", { host, domain: db.name, ioThread: extra.ioThreadId, cpuset: "1" });
      return { id: extra.ioThreadId, uuid: db.uuid };
    };
    const stack = await makeNativeStack(program, { frontEnd: "dynamic" });
    const facts = async () => (await readDomain(connectionTo(host), name)).domain;
    try {
      await stack.up();
      const before = await facts();
      const types = async () => (await stack.resources()).map(({ type }) => type);
      expect(await types()).to.include("pulumi-nodejs:virsh:IoThread");

      const { workspace } = stack.stack;
      const options = { cwd: workspace.workDir, env: { ...process.env, ...workspace.envVars } };
      const exported = await run(["pulumi", "stack", "export", "--stack", "dev"], options);
      expect(exported.stdout).to.contain("__provider").and.not.contain("hunter2");
      const migrated = await run(["node", main, "migrate", "--json"], { ...options, stdin: exported.stdout });
      expect(JSON.parse(migrated.stderr).migrated).to.have.length(3);
      const imported = await run(["pulumi", "stack", "import", "--stack", "dev"], {
        ...options,
        stdin: migrated.stdout,
      });
      expect(imported.exitCode, imported.stderr).to.equal(0);
      expect(migrated.stdout).to.not.contain("pulumi-nodejs").and.not.contain("__provider");

      await stack.stack.setConfig("virsh:frontEnd", { value: "native" });
      const planned = await stack.preview();
      expect(
        planned.steps.filter(({ op }) => op !== "same"),
        planned.output,
      ).to.deep.equal([]);
      await stack.up();
      expect(await types())
        .to.include("virsh:index:IoThread")
        .and.not.include("pulumi-nodejs:virsh:IoThread");
      const after = await facts();
      expect([after?.qemuPid, after?.inactiveXml]).to.deep.equal([before?.qemuPid, before?.inactiveXml]);
      const again = await run(["node", main, "migrate"], { ...options, stdin: migrated.stdout });
      expect(again.exitCode).to.equal(2);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
    expect(await facts()).to.equal(null);
  });
});
