import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { findOrBuild } from "../../tools/sandbox/engine.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { mustRun, run } from "../../tools/sandbox/run.ts";
import { makeEngineEnvironment } from "../support/environment.ts";
import { makeNativeStack, pluginFolder, readState } from "../support/nativeStack.ts";
import { buildPrograms } from "../support/project.ts";
import { sandbox, testName } from "../support/sandbox.ts";

describe("the native provider itself", function () {
  this.timeout(300_000);
  before(buildPrograms("pulumi-virsh-sdk"));

  it("is configured per host, with credentials that stay secret, and answers questions", async () => {
    const { uri, keyfile, knownHosts, domainType } = await sandbox();
    const name = testName("provider");
    const bare = uri.replace(/\?.*$/, "");
    const stack = await makeNativeStack(
      async () => {
        const hv1 = new virsh.Provider("hv1", {
          host: bare,
          knownHosts,
          privateKey: readFileSync(keyfile, "utf8"),
          connectSeconds: 10,
        });
        const provider = { provider: hv1 };
        const group = new pulumi.ComponentResource("test:index:Group", "group", {}, { providers: [hv1] });
        const db = new virsh.Domain(
          "db",
          {
            name,
            type: domainType,
            memory: "64 MiB",
            ioThreads: 1,
            cpuTune: { ioThreadPins: [{ ioThread: 1, cpuset: "0" }] },
          },
          { parent: group },
        );
        const threads = db.name.apply((domain) => virsh.getIoThreads({ domain }, provider).ioThreads);
        return {
          host: db.host,
          own: virsh.getHost({}, provider),
          threads,
          names: virsh.listDomains({}, provider).apply(({ domains }) => domains.map((each) => each.name)),
          state: db.name.apply((domain) => virsh.getDomain({ domain }, provider).state),
        };
      },
      { frontEnd: "dynamic" },
    );
    try {
      await stack.up();
      const outputs = (await stack.outputs()) as Record<string, unknown>;
      expect(outputs.host).to.equal(bare);
      expect(outputs.own).to.include({ arch: "x86_64" });
      expect((outputs.own as virsh.GetHostResult).cpus).to.deep.equal((await sandbox()).cpus);
      expect((outputs.own as virsh.GetHostResult).numaNodes[0]?.memoryKiB).to.be.greaterThan(1e5);
      expect(outputs.threads).to.deep.include({ id: 1, usedBy: [] });
      expect(outputs.state).to.equal("shut off");
      expect(outputs.names).to.be.an("array");
      expect(readState(stack)).to.contain("virsh:index:Domain").and.not.contain("PRIVATE KEY");
    } finally {
      await stack.destroy();
      await stack.remove();
    }
  });

  it("says all that is wrong with its settings, by name", async () => {
    const stack = await makeNativeStack(
      async () => {
        new virsh.Domain("db", { name: "none", memory: "64 MiB" });
      },
      { host: "qemu+tcp://hv1/system", connectSeconds: "0", whenRunning: "never" },
    );
    try {
      const said = await stack.preview().then(
        () => "",
        (error: unknown) => String(error),
      );
      expect(said).to.match(/transport "tcp"/);
      expect(said).to.match(/connectSeconds/);
      expect(said).to.match(/whenRunning/);
    } finally {
      await stack.remove();
    }
  });

  it("serves a schema that Pulumi's own binder accepts", async () => {
    const env = { ...process.env, ...(await makeEngineEnvironment()) };
    const plugin = join(pluginFolder, "pulumi-resource-virsh");
    const served = JSON.parse(await mustRun(["pulumi", "package", "get-schema", plugin], { env }));
    expect(Object.keys(served.resources)).to.have.length(5);
    const checked = await mustRun(["pulumi", "schema", "check", join(pluginFolder, "schema.json")], { env });
    expect(checked).to.not.match(/error/i);
    const info = await mustRun(["pulumi", "package", "info", plugin], { env });
    expect(info).to.contain("virsh");
    const binder = await findOrBuild("pulumi-virsh-sdk", (line) => console.log(`    ${line}`));
    expect(await mustRun([binder, join(repository, "plugin/schema.json")])).to.contain(
      "5 resources, 4 functions",
    );
    const broken = await run([binder, join(repository, "package.json")]);
    expect(broken.exitCode).to.equal(1);
  });
});
