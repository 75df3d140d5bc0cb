import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { readDomain } from "../../provider/host/read.ts";
import { connectionTo } from "../../provider/host/session.ts";
import { findOrBuild } from "../../tools/sandbox/engine.ts";
import { cacheFolder, repository } from "../../tools/sandbox/folders.ts";
import { withLock } from "../../tools/sandbox/lock.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { temporaryFolder } from "../support/folders.ts";
import type { TestProject } from "../support/project.ts";
import { buildPrograms, makeProject } from "../support/project.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const say = (line: string) => console.log(`    ${line}`);

/** Up, an empty preview, a live change, destroy. */
async function live(project: TestProject, name: string): Promise<void> {
  const { uri: host } = await sandbox();
  const facts = async () => (await readDomain(connectionTo(host), name)).domain;
  const must = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await project.pulumi(...args);
    expect(exitCode, `${stdout}${stderr}`).to.equal(0);
    return stdout;
  };
  try {
    await must("config", "set", "virsh:host", host);
    await must("config", "set", "cpuset", "0");
    await must("up", "--yes", "--skip-preview");
    const before = await facts();
    expect(before?.ioThreads.find(({ id }) => id === 2)?.cpusAllowed).to.equal("0");
    await must("preview", "--expect-no-changes");
    await must("config", "set", "cpuset", "1");
    expect(await must("preview", "--diff")).to.match(/~ cpuset\s*: "0" => "1"/);
    const shown = await must("preview");
    expect(shown).to.match(/IoThreadPin[^\n]*update/);
    expect(shown).to.contain("cputune/iothreadpin[2]/@cpuset 0 → 1");
    await must("up", "--yes", "--skip-preview");
    const after = await facts();
    expect(after?.ioThreads.find(({ id }) => id === 2)?.cpusAllowed).to.equal("1");
    expect(after?.qemuPid).to.equal(before?.qemuPid);
  } finally {
    await must("destroy", "--yes", "--skip-preview");
    project.remove();
  }
  expect(await facts()).to.equal(null);
}

describe("programs in other languages", function () {
  this.timeout(300_000);
  before(async function () {
    await buildPrograms("pulumi-language-yaml", "pulumi-virsh-sdk").call(this);
    await pythonEnvironment();
  });

  it("YAML", async () => {
    const { domainType } = await sandbox();
    const name = testName("yaml");
    const program = `configuration:
  cpuset:
    type: String
resources:
  db:
    type: virsh:index:Domain
    properties:
      name: ${name}
      type: ${domainType}
      running: true
      memory: 128 MiB
      ioThreads: 1
      forceOff: true
      shutdownTimeoutSeconds: 1
  extra:
    type: virsh:index:IoThread
    properties:
      domain: \${db.name}
      pollMaxNs: 8000
  pin:
    type: virsh:index:IoThreadPin
    properties:
      domain: \${db.name}
      ioThread: \${extra.ioThreadId}
      cpuset: \${cpuset}
outputs:
  cpus: \${pin.cpusAllowed}
`;
    await live(await makeProject("yaml", program), name);
  });

  it("Python", async () => {
    const { domainType } = await sandbox();
    const name = testName("python");
    const python = await pythonEnvironment();
    const folder = temporaryFolder("sdk");
    const sdk = await findOrBuild("pulumi-virsh-sdk", say);
    await mustRun([sdk, join(repository, "plugin/schema.json"), folder]);
    // What the engine would look for on the net.
    rmSync(join(folder, "python/pulumi_virsh/pulumi-plugin.json"));
    await mustRun(
      [join(python, "bin/pip"), "install", "-q", "--force-reinstall", "--no-deps", join(folder, "python")],
      {
        timeoutMs: 300_000,
      },
    );
    const project = await makeProject("python", "", {
      PATH: `${join(python, "bin")}:${process.env.PATH}`,
      PYTHONPATH: "",
      VIRTUAL_ENV: python,
    });
    project.write(
      "__main__.py",
      `import pulumi
import pulumi_virsh as virsh

db = virsh.Domain("db", name="${name}", type="${domainType}", running=True, memory="128 MiB", io_threads=1,
    force_off=True, shutdown_timeout_seconds=1)
extra = virsh.IoThread("extra", domain=db.name, poll_max_ns=8000)
pin = virsh.IoThreadPin("pin", domain=db.name, io_thread=extra.io_thread_id,
    cpuset=pulumi.Config().require("cpuset"))
pulumi.export("cpus", pin.cpus_allowed)
pulumi.export("libvirt", virsh.get_host().libvirt_version)
`,
    );
    await live(project, name);
  });
});

/** A Python with Pulumi's SDK, made once from PyPI. */
async function pythonEnvironment(): Promise<string> {
  const folder = cacheFolder("python-sdk-3.250.0");
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(join(folder, "done"))) return;
    say("installing Pulumi's SDK for Python, once");
    await mustRun(["python3", "-m", "venv", "--clear", folder], { timeoutMs: 120_000 });
    const pip = join(folder, "bin/pip");
    await mustRun([pip, "install", "-q", "pulumi==3.250.0", "parver"], { timeoutMs: 600_000 });
    await mustRun(["touch", join(folder, "done")]);
  });
  return folder;
}
