import { join } from "node:path";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
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
    let hasMore = false;
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
      if (hasMore) new virsh.IoThread("more", { host, domain: db.name, ioThreadId: 7 });
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

      // Go back after a change that the old state does not know.
      hasMore = true;
      await stack.up();
      const back = await run(["pulumi", "stack", "import", "--stack", "dev"], {
        ...options,
        stdin: exported.stdout,
      });
      expect(back.exitCode, back.stderr).to.equal(0);
      await stack.stack.setConfig("virsh:frontEnd", { value: "dynamic" });
      const returned = await stack.up();
      expect(
        returned.steps.filter(({ op }) => op !== "same").map(({ op }) => op),
        returned.output,
      ).to.deep.equal(["create"]);
      expect(returned.diagnostics.join("")).to.contain("IoThread 7 is there already and is taken over");
      expect(await types())
        .to.include("pulumi-nodejs:virsh:IoThread")
        .and.not.include("virsh:index:IoThread");
      expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
      expect((await facts())?.qemuPid).to.equal(before?.qemuPid);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
    expect(await facts()).to.equal(null);
  });

  it("moves a stack by its setting alone, without touching the guest", async () => {
    const { uri: host, domainType: type } = await sandbox();
    const name = testName("moved");
    let cpuset = "1";
    const stack = await makeNativeStack(
      async () => {
        const args = { host, name, type, memory: "64 MiB", running: true, forceOff: true } as const;
        const db = new virsh.Domain("db", { ...args, shutdownTimeoutSeconds: 1 });
        const extra = new virsh.IoThread("extra", { host, domain: db.name });
        new virsh.IoThreadPin("pin", { host, domain: db.name, ioThread: extra.ioThreadId, cpuset });
      },
      { frontEnd: "dynamic" },
    );
    const facts = async () => (await readDomain(connectionTo(host), name)).domain;
    try {
      await stack.up();
      const before = await facts();
      await stack.stack.setConfig("virsh:frontEnd", { value: "native" });
      const moved = await stack.up();
      expect(
        moved.steps.filter(({ op }) => op !== "same"),
        moved.output,
      ).to.deep.equal([]);
      const types = (await stack.resources()).map((each) => each.type);
      expect(types).to.include("virsh:index:IoThread").and.not.include("pulumi-nodejs:virsh:IoThread");
      cpuset = "0";
      const changed = (await stack.up()).steps.filter(({ op }) => op !== "same");
      expect(changed.map(({ op, changes }) => [op, changes])).to.deep.equal([["update", ["cpuset"]]]);
      const after = await facts();
      expect([after?.qemuPid, after?.ioThreads.at(-1)?.cpusAllowed]).to.deep.equal([before?.qemuPid, "0"]);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
    expect(await facts()).to.equal(null);
  });
});
