import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { FaultyHost } from "../support/faults.ts";
import { startFaultyHost } from "../support/faults.ts";
import { patience } from "../support/patience.ts";
import type { TestProject } from "../support/project.ts";
import { buildPrograms, makeProject, printProject } from "../support/project.ts";
import { sandbox, testName } from "../support/sandbox.ts";

/** The last look takes 6 s at most, and the engine and the plugin less than one on an idle machine. */
const limitMs = 7000;

/** Prints one domain of a YAML program. `lines` are further properties, `others` further resources. */
const programOf = (name: string, type: string, lines: readonly string[], others = "") => `resources:
  db:
    type: virsh:index:Domain
    properties:
      name: ${name}
      type: ${type}
      memory: 64 MiB
      machine: q35
${lines.map((line) => `      ${line}\n`).join("")}${others}`;

interface Interrupted {
  readonly said: string;
  readonly exitCode: number;
  /** Milliseconds from the interrupt until the text appeared. */
  readonly elapsedMs: number;
}

/**
 * Runs `up` and interrupts it once when `waits` is true. The message about what is now true must contain
 * `text`.
 */
async function interruptUp(
  project: TestProject,
  waits: () => Promise<void>,
  text: RegExp,
): Promise<Interrupted> {
  const up = project.start("up", "--yes", "--skip-preview");
  let said = "";
  let begin = Number.POSITIVE_INFINITY;
  let elapsedMs = Number.POSITIVE_INFINITY;
  for (const stream of [up.stdout, up.stderr])
    stream?.setEncoding("utf8").on("data", (more: string) => {
      said += more;
      if (elapsedMs === Number.POSITIVE_INFINITY && text.test(said)) elapsedMs = Date.now() - begin;
    });
  const closed = once(up, "close");
  await waits();
  begin = Date.now();
  up.kill("SIGINT");
  const [exitCode] = (await closed) as [number];
  return { said, exitCode, elapsedMs };
}

describe("an interrupt of the native plugin", function () {
  this.timeout(300_000);
  before(buildPrograms("pulumi-language-yaml"));

  async function withProject(
    label: string,
    act: (project: TestProject, name: string, spied: FaultyHost) => Promise<void>,
  ) {
    const spied = await startFaultyHost();
    const host = spied.uri();
    const name = testName(label);
    const project = await makeProject("yaml", "resources: {}\n");
    try {
      await project.must("config", "set", "virsh:host", host);
      await act(project, name, spied);
    } finally {
      const last = connectionTo(host);
      await last.run([{ argv: ["virsh", "-c", last.virshUri, "destroy", name] }], { keepGoing: true });
      await project.pulumi("destroy", "--yes", "--skip-preview");
      project.remove();
      await spied.remove();
    }
    expect((await readDomain(connectionTo((await sandbox()).uri), name)).domain).to.equal(null);
  }

  const up = (project: TestProject) => project.must("up", "--yes", "--skip-preview");
  const stateOf = async (name: string) =>
    (await readDomain(connectionTo((await sandbox()).uri), name)).domain?.state;

  it("ends a shutdown that waits, says what is true, and the next up goes on", async () => {
    const { domainType } = await sandbox();
    await withProject("shutdown", async (project, name, spied) => {
      const write = (...lines: string[]) =>
        project.write("Pulumi.yaml", printProject("yaml", programOf(name, domainType, lines)));
      write("running: true");
      await up(project);
      write("running: false", "shutdownTimeoutSeconds: 120");
      // The guest has no operating system, so it never reacts to the request.
      const isAsked = () =>
        waitFor("the first look whether it has followed", 60_000, async () =>
          spied.calls().some((call) => call.includes(" domstate ")),
        );
      const { said, exitCode, elapsedMs } = await interruptUp(project, isAsked, /is running now/);
      expect(said).to.contain(`"${name}" is running now`);
      expect(said).to.contain("the next up goes on from there");
      expect(exitCode).to.not.equal(0);
      expect(elapsedMs, said).to.be.lessThan(limitMs * patience());
      expect(await stateOf(name)).to.equal("running");
      write("running: false", "shutdownTimeoutSeconds: 1", "forceOff: true");
      await up(project);
      expect(await stateOf(name)).to.equal("shut off");
      await project.must("preview", "--expect-no-changes");
    });
  });

  it("ends a start that waits, keeps what was defined, and the next up goes on", async () => {
    const { domainType, imagesDir } = await sandbox();
    const emulator = join(imagesDir, `${testName("emulator")}.sh`);
    // QEMU's user must be able to write to this folder.
    const marks = `${emulator}.d`;
    mkdirSync(marks);
    chmodSync(marks, 0o777);
    // Delay QEMU, so that libvirt waits for its monitor.
    const wait = `case "$*" in *guest=*) touch ${marks}/begun; sleep 8;; esac`;
    writeFileSync(emulator, `#!/bin/sh\n${wait}\nexec /usr/bin/qemu-system-x86_64 "$@"\n`);
    chmodSync(emulator, 0o755);
    try {
      await withProject("start", async (project, name) => {
        const xml = `xml: <domain><devices><emulator>${emulator}</emulator></devices></domain>`;
        const lines = ["running: true", "forceOff: true", "shutdownTimeoutSeconds: 1", xml];
        project.write("Pulumi.yaml", printProject("yaml", programOf(name, domainType, lines)));
        const isStarting = () => waitFor("the start", 60_000, async () => existsSync(join(marks, "begun")));
        const { said, exitCode, elapsedMs } = await interruptUp(project, isStarting, /now$|in time$/m);
        expect(said).to.contain("interrupted on");
        expect(said).to.match(/"\S+" is .* now|could not be read in time/);
        // The interrupted script must not leave a frame in the output.
        expect(said).to.not.match(/^\s*[0-9a-f]{32}$/m);
        expect(exitCode).to.not.equal(0);
        expect(elapsedMs, said).to.be.lessThan(limitMs * patience());
        await waitFor("libvirt's end of it", 60_000, async () => (await stateOf(name)) === "running");
        await up(project);
        expect(await stateOf(name)).to.equal("running");
        await project.must("preview", "--expect-no-changes");
      });
    } finally {
      for (const file of [emulator, marks]) rmSync(file, { recursive: true, force: true });
    }
  });

  it("ends a detach that waits, says which side still has the disk, and the next up goes on", async () => {
    const { domainType, uri } = await sandbox();
    const image = makeImage("cancel.raw");
    await withProject("detach", async (project, name, spied) => {
      const disk = `  data:
    type: virsh:index:VirtioDisk
    properties:
      domain: \${db.name}
      target: vdb
      source: { file: ${image} }
      whenRunning: detach
`;
      const lines = ["running: true", "forceOff: true", "shutdownTimeoutSeconds: 1"];
      const write = (others: string) =>
        project.write("Pulumi.yaml", printProject("yaml", programOf(name, domainType, lines, others)));
      write(disk);
      await up(project);
      write("");
      const isAsked = () =>
        waitFor("the detach", 60_000, async () =>
          spied.calls().some((call) => call.includes("detach-device")),
        );
      const { said, exitCode, elapsedMs } = await interruptUp(project, isAsked, /is running now/);
      expect(said).to.contain("VirtioDisk vdb: in the running guest");
      expect(exitCode).to.not.equal(0);
      expect(elapsedMs, said).to.be.lessThan(limitMs * patience());
      // A reset makes a guest without an operating system release its devices.
      await mustRun(["virsh", "-c", connectionTo(uri).virshUri, "reset", name]);
      await up(project);
      expect((await readDomain(connectionTo(uri), name)).domain?.liveXml).to.not.contain("vdb");
      await project.must("preview", "--expect-no-changes");
    });
  });
});
