import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { findOrBuild } from "../../tools/sandbox/engine.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { findPython } from "../../tools/sandbox/python.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { temporaryFolder } from "../support/folders.ts";
import type { TestProject } from "../support/project.ts";
import { buildPrograms, copyExample, makeProject, printProject } from "../support/project.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const say = (line: string) => console.log(`    ${line}`);

/** Runs `up`, an empty preview, a live change and `destroy`. */
async function live(project: TestProject, language: string, hostKey: string): Promise<void> {
  const { uri, imagesDir, domainType: type } = await sandbox();
  const name = testName(language);
  const image = `${imagesDir}/${language}.raw`;
  makeImage(`${language}.raw`);
  const facts = async () => (await readDomain(connectionTo(uri), name)).domain;
  const allowed = async () => (await facts())?.ioThreads.find(({ id }) => id === 3)?.cpusAllowed;
  const { must } = project;
  try {
    const settings = Object.entries({ [hostKey]: uri, name, type, image, cpuset: "0" });
    await must(
      "config",
      "set-all",
      ...settings.flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]),
    );
    await must("up", "--yes", "--skip-preview");
    const before = await facts();
    expect(await allowed()).to.equal("0");
    expect(before?.liveXml).to.match(/io='native' iothread='3'/);
    await must("preview", "--expect-no-changes");
    await must("config", "set", "cpuset", "1");
    expect(await must("preview", "--diff")).to.match(/~ cpuset\s*: "0" => "1"/);
    const shown = await must("preview");
    expect(shown).to.match(/IoThreadPin[^\n]*update/);
    expect(shown).to.contain("cputune/iothreadpin[3]/@cpuset 0 → 1 (live)");
    await must("up", "--yes", "--skip-preview");
    expect(await allowed()).to.equal("1");
    expect((await facts())?.qemuPid).to.equal(before?.qemuPid);
  } finally {
    await must("destroy", "--yes", "--skip-preview");
    project.remove();
  }
  expect(await facts()).to.equal(null);
}

describe("the example guest through the native plugin", function () {
  this.timeout(300_000);
  before(async function () {
    await buildPrograms("pulumi-language-yaml", "pulumi-virsh-sdk").call(this);
    await findPython(say);
  });

  it("TypeScript", async () => {
    const project = await copyExample("hello", "nodejs");
    await project.must("config", "set", "virsh:frontEnd", "native");
    await live(project, "typescript", "host");
  });

  it("YAML", async () => {
    await live(await copyExample("hello-yaml", "yaml"), "yaml", "virsh:host");
  });

  it("Python", async () => {
    const python = await findPython(say);
    const folder = temporaryFolder("sdk");
    const sdk = await findOrBuild("pulumi-virsh-sdk", say);
    await mustRun([sdk, join(repository, "plugin/schema.json"), folder]);
    // This file would make the engine download the plugin.
    rmSync(join(folder, "python/pulumi_virsh/pulumi-plugin.json"));
    const install = [
      "install",
      "-q",
      "--force-reinstall",
      "--no-deps",
      "--no-build-isolation",
      join(folder, "python"),
    ];
    await mustRun([join(python, "bin/pip"), ...install], { timeoutMs: 300_000 });
    const project = await copyExample("hello-python", "python", {
      PATH: `${join(python, "bin")}:${process.env.PATH}`,
      PYTHONPATH: "",
      VIRTUAL_ENV: python,
    });
    await live(project, "python", "virsh:host");
  });
});

describe("a disk in YAML that the guest will not let go", function () {
  this.timeout(300_000);
  before(buildPrograms("pulumi-language-yaml"));

  it("keeps its guest in a destroy, unless it names the Domain as deletedWith", async () => {
    const { uri, domainType } = await sandbox();
    const name = testName("yamlHeld");
    const file = makeImage("yamlHeld.raw", 1);
    const guest = `{ host: "${uri}", name: ${name}, type: ${domainType}, machine: q35, memory: 32 MiB, running: true, forceOff: true, shutdownTimeoutSeconds: 0 }`;
    const program = (options: string) => `resources:
  db:
    type: virsh:index:Domain
    properties: ${guest}
  data:
    type: virsh:index:VirtioDisk
    properties: { host: "${uri}", domain: "\${db.name}", target: vdb, source: { file: "${file}" }, whenRunning: detach }
    options: ${options}
`;
    const project = await makeProject("yaml", program("{}"));
    const facts = async () => (await readDomain(connectionTo(uri), name)).domain;
    try {
      await project.must("up", "--yes", "--skip-preview");
      const kept = await project.pulumi("destroy", "--yes", "--skip-preview");
      expect(kept.exitCode).not.to.equal(0);
      expect(kept.stdout).to.contain("the guest still holds the device");
      expect((await facts())?.state).to.equal("running");
      project.write("Pulumi.yaml", printProject("yaml", program(`{ deletedWith: "\${db}" }`)));
      await project.must("up", "--yes", "--skip-preview");
      await project.must("destroy", "--yes", "--skip-preview");
      expect(await facts()).to.equal(null);
    } finally {
      await project.pulumi("destroy", "--yes", "--skip-preview");
      project.remove();
    }
  });
});
