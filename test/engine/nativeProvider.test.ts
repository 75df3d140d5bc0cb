import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import * as virsh from "../../provider/index.ts";
import { allKinds } from "../../provider/model/arguments/kinds.ts";
import { findOrBuild } from "../../tools/sandbox/engine.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { mustRun, run } from "../../tools/sandbox/run.ts";
import { makeEngineEnvironment } from "../support/environment.ts";
import { makeNativeStack, pluginFolder, readState } from "../support/nativeStack.ts";
import { buildPrograms } from "../support/project.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { Outcome } from "../support/stack.ts";

const changed = ({ steps }: Outcome) => steps.filter(({ op }) => op !== "same");

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
            running: true,
            memory: "64 MiB",
            ioThreads: 1,
            cpuTune: { ioThreadPins: [{ ioThread: 1, cpuset: "0" }] },
            forceOff: true,
            shutdownTimeoutSeconds: 1,
          },
          { parent: group },
        );
        const threads = db.name.apply((domain) => virsh.getIoThreads({ domain }, provider).ioThreads);
        return {
          host: db.host,
          own: virsh.getHost({}, provider),
          local: virsh.getHost({}, { provider: new virsh.Provider("local", { host: "qemu:///system" }) }),
          threads,
          names: db.uuid.apply(() => virsh.listDomains({}, provider).domains),
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
      const { features } = outputs.own as virsh.GetHostResult;
      expect(features).to.have.all.keys(
        "threadPool",
        "pollingInXml",
        "pollWeight",
        "diskIoThreads",
        "controllerIoThreads",
      );
      expect(outputs.local).to.include({ arch: "x86_64" });
      expect((outputs.local as virsh.GetHostResult).features).to.deep.equal(features);
      const [thread] = outputs.threads as virsh.GetIoThreadsResult["ioThreads"];
      expect(thread).to.deep.include({ id: 1, usedBy: [], cpusAllowed: "0" });
      expect(thread?.threadId).to.be.greaterThan(0);
      expect(thread?.pollMaxNs).to.be.at.least(0);
      expect(outputs.state).to.equal("running");
      const listed = (outputs.names as virsh.ListDomainsResult["domains"]).find((each) => each.name === name);
      expect(listed).to.include({ state: "running", persistent: true, autostart: false });
      expect(readState(stack)).to.contain("virsh:index:Domain").and.not.contain("PRIVATE KEY");
    } finally {
      await stack.destroy();
      await stack.remove();
    }
  });

  it("follows its host to another address with what names none, and leaves alone what names its own", async () => {
    const { uri } = await sandbox();
    const [own, moved] = [testName("own"), testName("moved")];
    let host = uri;
    const stack = await makeNativeStack(async () => {
      const provider = new virsh.Provider("hv", { host });
      new virsh.Domain("own", { host: uri, name: own, memory: "64 MiB", title: "kept" }, { provider });
      new virsh.Domain("moved", { name: moved, memory: "64 MiB" }, { provider });
    });
    const domain = async (name: string) => (await readDomain(connectionTo(uri), name)).domain;
    try {
      await stack.up();
      const before = await domain(own);
      const guest = await domain(moved);
      // The same libvirt at another address: nothing is replaced.
      host = "qemu:///system";
      const planned = await stack.preview();
      const steps = planned.steps.map(({ op, urn, changes }) => [op, urn.split("::").at(-1), changes]);
      expect(steps, planned.output).to.deep.include(["same", "own", []]);
      expect(steps).to.deep.include(["update", "moved", ["host"]]);
      await stack.up();
      expect((await domain(own))?.inactiveXml).to.equal(before?.inactiveXml);
      expect(await domain(moved)).to.deep.include({ uuid: guest?.uuid, inactiveXml: guest?.inactiveXml });
      expect(changed(await stack.preview())).to.deep.equal([]);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
    expect([await domain(own), await domain(moved)]).to.deep.equal([null, null]);
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
    const names = Object.keys(allKinds).map((name) => `virsh:index:${name}`);
    expect(Object.keys(served.resources)).to.have.members(names);
    const checked = await mustRun(["pulumi", "schema", "check", join(pluginFolder, "schema.json")], { env });
    expect(checked).to.not.match(/error/i);
    const info = await mustRun(["pulumi", "package", "info", plugin], { env });
    expect(info).to.contain("virsh");
    const binder = await findOrBuild("pulumi-virsh-sdk", (line) => console.log(`    ${line}`));
    expect(await mustRun([binder, join(repository, "plugin/schema.json")])).to.contain(
      `${names.length} resources, 6 functions`,
    );
    const broken = await run([binder, join(repository, "package.json")]);
    expect(broken.exitCode).to.equal(1);
  });
});
