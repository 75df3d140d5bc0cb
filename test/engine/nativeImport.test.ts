import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { PulumiFn } from "@pulumi/pulumi/automation";
import { expect } from "chai";
import typescript from "typescript";
import { connectionTo } from "../../provider/host/connections.ts";
import { runOne, virsh as virshOf } from "../../provider/host/virsh/virsh.ts";
import * as virsh from "../../provider/index.ts";
import { findOrBuild } from "../../tools/sandbox/engine.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { mustRun, run } from "../../tools/sandbox/run.ts";
import { makeNativeStack } from "../support/nativeStack.ts";
import { buildPrograms } from "../support/project.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { Outcome } from "../support/stack.ts";

const changed = ({ steps }: Outcome) => steps.filter((step) => step.op !== "same");

/** A hand-made guest with settings that no typed argument covers. */
const handMade = (name: string, type: string, images: string) => `<domain type='${type}'>
  <name>${name}</name><memory unit='MiB'>128</memory><vcpu>2</vcpu><iothreads>2</iothreads>
  <cputune><vcpupin vcpu='0' cpuset='0'/><iothreadpin iothread='2' cpuset='1'/></cputune>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/><apic/></features>
  <clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='raw' cache='none' io='native' iothread='1'/><source file='${images}/import.raw'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${images}/import-log.raw'/><target dev='sda' bus='scsi'/></disk>
    <controller type='scsi' index='0' model='virtio-scsi'><driver queues='2' iothread='2'/></controller>
    <controller type='pci' model='pcie-root'/><controller type='pci' model='pcie-root-port'/>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
    <graphics type='vnc' passwd='hunter2'/>
  </devices></domain>`;

/** Runs the TypeScript that Pulumi's importer writes for a resource with these inputs. */
async function programOf(type: string, name: string, inputs: object): Promise<PulumiFn> {
  const tool = await findOrBuild("pulumi-virsh-sdk", (line) => console.log(`    ${line}`));
  const schema = join(repository, "plugin/schema.json");
  const text = await mustRun([tool, schema, type, name], { stdin: JSON.stringify(inputs) });
  const { outputText } = typescript.transpileModule(text, {
    compilerOptions: { module: typescript.ModuleKind.CommonJS },
  });
  const modules: Readonly<Record<string, unknown>> = { "pulumi-virsh": virsh, "@pulumi/pulumi": pulumi };
  const load = (module: string) => modules[module] ?? expect.fail(`the program imports ${module}`);
  return async () => void new Function("require", "exports", outputText)(load, {});
}

describe("import by the native plugin", function () {
  this.timeout(300_000);
  before(buildPrograms("pulumi-virsh-sdk"));

  it("takes every kind over as the program declares it, by resource options", async () => {
    const { uri: host, imagesDir, domainType } = await sandbox();
    makeImage("import.raw");
    makeImage("import-log.raw");
    const name = testName("import");
    const connection = connectionTo(host);
    const define = virshOf(connection, ["define", "/dev/stdin"], handMade(name, domainType, imagesDir));
    await runOne(connection, "define", define);
    const before = await runOne(connection, "dump", virshOf(connection, ["dumpxml", "--inactive", name]));
    const place = { host, domain: name };
    const by = (id: string) => ({ import: `${host}#${name}${id}`, retainOnDelete: id !== "" });
    const stack = await makeNativeStack(async () => {
      new virsh.Domain("web", { host, name, memory: "128 MiB" }, by(""));
      new virsh.IoThread("one", { ...place, ioThreadId: 1 }, by("/IoThread/1"));
      new virsh.IoThreadPin("two", { ...place, ioThread: 2, cpuset: "1" }, by("/IoThreadPin/2"));
      new virsh.VirtioDisk(
        "vda",
        { ...place, target: "vda", source: { file: `${imagesDir}/import.raw` }, cache: "none", io: "native" },
        by("/VirtioDisk/vda"),
      );
      new virsh.VirtioScsiController(
        "scsi",
        { ...place, index: 0, queues: 2 },
        by("/VirtioScsiController/0"),
      );
    });
    try {
      const planned = await stack.preview();
      expect(
        planned.steps.filter(({ op }) => op === "import"),
        planned.output,
      ).to.have.length(5);
      expect(planned.diagnostics.join("")).to.contain("is left as it is");
      await stack.up();
      const after = await runOne(connection, "dump", virshOf(connection, ["dumpxml", "--inactive", name]));
      expect(after.stdout).to.equal(before.stdout);
      const again = await stack.preview();
      expect(changed(again), again.output).to.deep.equal([]);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
  });

  it("reads what somebody would write; the preview of the program that Pulumi makes of it is empty", async () => {
    const { uri: host, imagesDir, domainType } = await sandbox();
    makeImage("import.raw");
    makeImage("import-log.raw");
    const name = testName("import-code");
    const connection = connectionTo(host);
    const define = virshOf(connection, ["define", "/dev/stdin"], handMade(name, domainType, imagesDir));
    await runOne(connection, "define", define);
    const dump = async () =>
      (await runOne(connection, "dump", virshOf(connection, ["dumpxml", "--inactive", name]))).stdout;
    const before = await dump();
    const keys = { IoThread: "1", IoThreadPin: "2", VirtioDisk: "vda", VirtioScsiController: "0" };
    const resources = [
      { type: "virsh:index:Domain", name: "web", id: `${host}#${name}` },
      ...Object.entries(keys).map(([kind, key]) => ({
        type: `virsh:index:${kind}`,
        name: kind.toLowerCase(),
        id: `${host}#${name}/${kind}/${key}`,
      })),
    ];
    const stack = await makeNativeStack(async () => {});
    try {
      const { workspace } = stack.stack;
      writeFileSync(join(workspace.workDir, "import.json"), JSON.stringify({ resources }));
      // The language hosts that we can build have no generator; programOf calls Pulumi's own.
      const options = ["--yes", "--protect=false", "--generate-code=false"];
      const imported = await run(
        ["pulumi", "import", "--file", "import.json", "--stack", "dev", ...options],
        { cwd: workspace.workDir, env: { ...process.env, ...workspace.envVars }, timeoutMs: 120_000 },
      );
      expect(imported.exitCode, `${imported.stdout}${imported.stderr}`).to.equal(0);
      const states = (await stack.resources()).filter(({ type }) => type.startsWith("virsh:index:"));
      expect(states).to.have.length(5);
      const programs: PulumiFn[] = [];
      for (const { type, urn, inputs = {} } of states) {
        const secret = inputs.xml as { readonly plaintext: string } | undefined;
        const xml = secret && (JSON.parse(secret.plaintext) as string);
        const all: Record<string, unknown> = xml === undefined ? inputs : { ...inputs, xml };
        if (xml !== undefined) {
          expect(all).to.deep.include({ memory: "128 MiB", ioThreads: 2, vcpus: 2 });
          expect(xml).to.contain("tickpolicy").and.contain("/dev/urandom").and.contain("hunter2");
          expect(xml).to.not.contain("pcie-root").and.not.contain("<address");
        }
        programs.push(await programOf(type, urn.split("::").at(-1) ?? "", all));
      }
      stack.program = async () => {
        for (const program of programs) await program();
      };
      const again = await stack.preview();
      expect(changed(again), again.output).to.deep.equal([]);
      await stack.up();
      expect(await dump()).to.equal(before);
    } finally {
      // No reference tells the engine to delete the disks before their controller, so it fails until the
      // domain is gone.
      await stack.destroy().catch(() => stack.destroy());
      await stack.remove();
    }
    const left = await runOne(connection, "list", virshOf(connection, ["list", "--all", "--name"]));
    expect(left.stdout).to.not.contain(name);
  });
});
