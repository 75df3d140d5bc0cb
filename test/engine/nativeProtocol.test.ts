import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { runOne, virsh as virshOf } from "../../provider/host/virsh/virsh.ts";
import * as virsh from "../../provider/index.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { findChildren, readStartTime, waitFor } from "../../tools/sandbox/processes.ts";
import { makeNativeStack, pluginFolder } from "../support/nativeStack.ts";
import { patience } from "../support/patience.ts";
import { makeProject } from "../support/project.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const changed = ({ steps }: { readonly steps: readonly { readonly op: string }[] }) =>
  steps.filter(({ op }) => op !== "same");

const started: ChildProcess[] = [];

/** Starts the plugin by hand. Returns it and the port that it printed. */
async function startPlugin(): Promise<{ readonly plugin: ChildProcess; readonly port: number }> {
  const plugin = spawn(join(pluginFolder, "pulumi-resource-virsh"), { stdio: ["ignore", "pipe", "inherit"] });
  started.push(plugin);
  const [text] = (await once(plugin.stdout ?? plugin, "data")) as [Buffer];
  return { plugin, port: Number(String(text)) };
}

describe("the plugin's process", function () {
  this.timeout(300_000);

  // A plugin that outlives a failed test would keep open the pipe through which the results are read.
  afterEach(() => {
    for (const plugin of started.splice(0)) plugin.kill("SIGKILL");
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const)
    it(`ends cleanly on ${signal}`, async () => {
      const { plugin, port } = await startPlugin();
      expect(port).to.be.greaterThan(0);
      plugin.kill(signal);
      expect(await once(plugin, "exit")).to.deep.equal([0, null]);
    });

  it("ends after an engine that was killed in the middle of an operation", async () => {
    const { uri: host, domainType } = await sandbox();
    const name = testName("orphan");
    const project = await makeProject(
      "yaml",
      `resources:
  db:
    type: virsh:index:Domain
    properties: { name: ${name}, type: ${domainType}, memory: 64 MiB, running: true }
`,
    );
    try {
      await project.must("config", "set", "virsh:host", host);
      await project.must("up", "--yes", "--skip-preview");
      // The guest is asked to power off and never will.
      const engine = project.start("destroy", "--yes", "--skip-preview");
      let said = "";
      engine.stdout?.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
      await waitFor("the removal", 60_000, async () => /Domain db deleting/.test(said));
      const isPlugin = (pid: number) =>
        readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("adapters/native.js");
      const [plugin = 0] = findChildren(engine.pid ?? 0).filter(isPlugin);
      expect(plugin, said).to.be.greaterThan(0);
      engine.kill("SIGKILL");
      await waitFor("the plugin's end", 10_000 * patience(), async () => readStartTime(plugin) === null);
    } finally {
      const connection = connectionTo(host);
      await connection.run([virshOf(connection, ["destroy", name])], { keepGoing: true });
      await project.pulumi("cancel", "--yes");
      await project.pulumi("destroy", "--yes", "--skip-preview");
      project.remove();
    }
    expect((await readDomain(connectionTo(host), name)).domain).to.equal(null);
  });

  it("serves run after run that attaches to it for debugging, each afresh", async () => {
    const { uri: host, domainType } = await sandbox();
    const name = testName("debug");
    const { plugin, port } = await startPlugin();
    const stack = await makeNativeStack(async () => {
      new virsh.Domain("db", { host, name, type: domainType, memory: "64 MiB", title: "one" });
    });
    stack.stack.workspace.envVars.PULUMI_DEBUG_PROVIDERS = `virsh:${port}`;
    const connection = connectionTo(host);
    try {
      await stack.up();
      expect(changed(await stack.preview())).to.deep.equal([]);
      await runOne(connection, "desc", virshOf(connection, ["desc", name, "--title", "two", "--config"]));
      const drift = await stack.preview();
      expect(changed(drift)).to.have.length(1);
      expect(drift.diagnostics.join("")).to.contain("title two → one");
    } finally {
      await stack.destroy();
      await stack.remove();
    }
    expect((await readDomain(connection, name)).domain).to.equal(null);
    expect(plugin.exitCode).to.equal(null);
    plugin.kill("SIGTERM");
    expect(await once(plugin, "exit")).to.deep.equal([0, null]);
  });

  it("takes and sends messages of more than 4 MiB", async () => {
    const { uri: host } = await sandbox();
    const filler = `<!-- ${"x".repeat(5 * 1024 * 1024)} -->`;
    const stack = await makeNativeStack(async () => {
      new virsh.Domain("db", {
        host,
        name: testName("large"),
        memory: "64 MiB",
        xml: `<domain>${filler}<title>a</title></domain>`,
      });
    });
    try {
      const said = await stack.preview().then(
        () => "",
        (error: unknown) => String(error),
      );
      // The answer is the plugin's own, so the message was not rejected on the way. It does not quote what it
      // refuses.
      expect(said.length).to.be.lessThan(5000);
      expect(said).to.contain("is larger than the 4 MiB that libvirt takes").and.not.contain("EXHAUSTED");
    } finally {
      await stack.remove();
    }
  });

  it("knows one mark of what is not known yet, which stops where Pulumi is read", () => {
    const mark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const sources = (folder: string): string[] =>
      readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts"))
        .map((file) => join(folder, file));
    const holding = sources("provider").filter((file) =>
      readFileSync(join(repository, file), "utf8").includes(mark),
    );
    expect(holding.toSorted((a, b) => a.localeCompare(b))).to.deep.equal([
      "provider/adapters/native/wire.ts",
      "provider/adapters/properties.ts",
      "provider/report/preview.ts",
    ]);
  });
});
