import { appendFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { makeImage } from "../../tools/sandbox/images.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { pluginFolder } from "../support/nativeStack.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import type { TestStorage } from "../support/storage.ts";
import { makeOverlay, testStorage } from "../support/storage.ts";
import type { WrittenProgram } from "../support/writtenProgram.ts";
import { makeWrittenProgram } from "../support/writtenProgram.ts";

describe("the pools and volumes of guests that are taken over", function () {
  this.timeout(600_000);
  const [one, two, other] = ["app1", "app2", "other"].map((each) => testName(each)) as [
    string,
    string,
    string,
  ];
  const images = ["base.qcow2", "layer.qcow2", "app1.qcow2", "app2.qcow2", "data.raw", "old.vmdk"];
  let own: TestStorage;
  let program: WrittenProgram;
  let outside = "";
  const at = (name: string) => join(own.folder, name);

  before(async () => {
    const { domainType } = await sandbox();
    own = await testStorage("adopted");
    program = await makeWrittenProgram();
    outside = makeImage("adopt-outside.raw", 1);
    await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", at("base.qcow2"), "4M"]);
    await makeOverlay(at("layer.qcow2"), at("base.qcow2"), { size: "5M" });
    for (const name of ["app1.qcow2", "app2.qcow2"])
      await makeOverlay(at(name), at("layer.qcow2"), { size: "6M" });
    writeFileSync(at("data.raw"), Buffer.alloc(1024 ** 2 + 512));
    await mustRun(["qemu-img", "create", "-q", "-f", "vmdk", at("old.vmdk"), "1M"]);
    await own.virsh("pool-define-as", own.name, "dir", "--target", own.folder);
    await own.virsh("pool-start", own.name);
    const disk = (target: string, format: string, source: string, type = "file") =>
      `<disk type='${type}'><driver name='qemu' type='${format}'/><source ${source}/><target dev='${target}' bus='virtio'/></disk>`;
    const define = async (name: string, devices: string) => {
      const xml = join(own.folder, "..", `${name}.xml`);
      writeFileSync(
        xml,
        `<domain type='${domainType}'><name>${name}</name><memory>32768</memory><os><type arch='x86_64' machine='q35'>hvm</type></os><devices>${devices}</devices></domain>`,
      );
      await own.virsh("define", xml);
    };
    for (const [name, image] of [
      [one, "app1.qcow2"],
      [two, "app2.qcow2"],
    ] as const)
      await define(name, disk("vda", "qcow2", `file='${at(image)}'`));
    await define(
      other,
      [
        disk("vda", "raw", `pool='${own.name}' volume='data.raw'`, "volume"),
        disk("vdb", "vmdk", `file='${at("old.vmdk")}'`),
        disk("vdc", "raw", `file='${outside}'`),
      ].join(""),
    );
    for (const name of [one, two, other]) await own.virsh("start", name);
  });
  after(async () => {
    for (const name of [one, two, other]) await removeDomain(name);
    await own.end();
    program.remove();
  });

  /** What is on the host: definitions, run states, the pool, and the images. */
  const look = async () => [
    ...(await Promise.all(
      [one, two, other].flatMap((name) => [own.virsh("dumpxml", name), own.virsh("domstate", name)]),
    )),
    await own.virsh("pool-info", own.name),
    ...images.map((name) => `${statSync(at(name)).mtimeMs} ${statSync(at(name)).ino}`),
  ];

  it("come along as they are, in a program that refers to them", async () => {
    const { uri } = await sandbox();
    const written = await program.adopt(uri, "--domain", one, two, other);
    expect(written.exitCode, `${written.stdout}${written.stderr}`).to.equal(0);
    expect(await program.complaints()).to.equal("");
    const index = String(program.files()["index.ts"]);
    expect(index.match(/new virsh\.StoragePool\(/g)).to.have.length(1);
    expect(index.match(/new virsh\.Volume\(/g)).to.have.length(5);
    expect(index)
      .to.contain('content: { backing: { path: baseVolume.path, format: "qcow2" } }')
      .and.contain("path: layerVolume.path")
      .and.match(/vdaFile: app1Volume\.path/)
      .and.match(/volume: \{ pool: \w+Pool\.name, volume: dataVolume\.name \}/)
      .and.match(/file: ".*old\.vmdk"/)
      .and.match(/file: ".*adopt-outside\.raw"/)
      .and.contain("autostart: false");
    expect(written.stdout).to.match(
      /other: keeps the disk .*old\.vmdk as a path: .* its format "vmdk" must be/,
    );
    expect(program.files()["README.md"])
      .to.contain("is empty")
      .and.to.match(/old\\?\.vmdk as a path/);
  });

  for (const frontEnd of ["dynamic", "native"])
    it(`stay as they are through up, preview and destroy (${frontEnd})`, async () => {
      if (frontEnd === "native")
        appendFileSync(
          join(program.folder, "Pulumi.yaml"),
          `plugins:\n  providers:\n    - name: virsh\n      path: ${pluginFolder}\n`,
        );
      const before = await look();
      const pulumi = async (...words: string[]) => {
        const done = await program.pulumi(...words);
        expect(done.exitCode, `${done.stdout}${done.stderr}`).to.equal(0);
        return done.stdout;
      };
      await pulumi("stack", "init", frontEnd);
      await pulumi("config", "set", "virsh:frontEnd", frontEnd);
      await pulumi("up", "--yes", "--skip-preview");
      expect(await look()).to.deep.equal(before);
      await pulumi("preview", "--diff", "--expect-no-changes");
      await pulumi("destroy", "--yes", "--skip-preview");
      expect(await look()).to.deep.equal(before);
    });

  it("are left out with --no-storage", async () => {
    const { uri } = await sandbox();
    const plain = await makeWrittenProgram();
    try {
      const written = await plain.adopt(uri, "--no-storage", "--domain", one, two, other);
      expect(written.exitCode, written.stderr).to.equal(0);
      expect(String(plain.files()["index.ts"])).not.to.match(/virsh\.(?:StoragePool|Volume)\b/);
    } finally {
      plain.remove();
    }
  });
});
