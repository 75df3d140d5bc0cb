import { createHash } from "node:crypto";
import { expect } from "chai";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { closeConnections, connectionTo } from "../../provider/host/connections.ts";
import { readHost } from "../../provider/host/read/read.ts";
import { virsh } from "../../provider/host/virsh/virsh.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { startHost, type TestHost } from "../support/hosts.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeTestUser, type TestUser } from "../support/users.ts";
import { makeWrittenProgram, type WrittenProgram } from "../support/writtenProgram.ts";

const hostile = testName(`it's \${a} \`b\` "c" \\ 😀`);
/** The end of a VNC password that needs escapes in XML. */
// A dash is not in base64. Of three other characters, about one state in a hundred has some in a ciphertext.
const telling = "Z-q";

/** Returns guests of the system's libvirt with unusual settings. */
async function systemGuests(type: string): Promise<Record<string, string>> {
  const data = makeImage("adopt-data.raw", 1);
  const boot = makeImage("adopt-boot.raw", 1);
  const plain = (name: string, more = "", devices = "") =>
    `<domain type='${type}'><name>${name.replace(/[<&'"]/g, (c) => `&#${c.charCodeAt(0)};`)}</name><memory>32768</memory>${more}<os><type arch='x86_64' machine='q35'>hvm</type></os><devices>${devices}</devices></domain>`;
  const disk = (file: string, target: string, bus: string, driver: string) =>
    `<disk type='file' device='disk'><driver name='qemu' type='raw' ${driver}/><source file='${file}'/><target dev='${target}' bus='${bus}'/></disk>`;
  return {
    [testName("db")]: plain(
      testName("db"),
      "<vcpu>2</vcpu><iothreads>3</iothreads><cputune><vcpupin vcpu='0' cpuset='0'/><iothreadpin iothread='2' cpuset='1'/></cputune><on_crash>preserve</on_crash>",
      `${disk(boot, "vda", "virtio", "iothread='1'")}${disk(data, "vdb", "virtio", "cache='none' io='native' iothread='2'")}<controller type='scsi' index='0' model='virtio-scsi'><driver iothread='3'/></controller><graphics type='vnc' port='-1' passwd='p&apos;&lt;&amp;&gt;${telling}'/><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>`,
    ),
    [testName("old")]: plain(testName("old"), "", disk(makeImage("adopt-old.raw", 1), "sdb", "sata", "")),
    [testName("paused")]: plain(testName("paused")),
    [testName("saved")]: plain(testName("saved")),
    [hostile]: plain(hostile, "<description>`$" + "{process.exit()}` \\u0041</description>"),
    [testName("gone")]: plain(testName("gone")),
  };
}

const appXml = (name: string, mac: number) =>
  `<domain type='qemu'><name>${name}</name><memory>32768</memory><iothreads>1</iothreads><cputune><iothreadpin iothread='1' cpuset='0'/></cputune><os><type arch='x86_64' machine='q35'>hvm</type></os><devices><interface type='user'><mac address='52:54:00:00:00:0${mac}'/><model type='virtio'/></interface></devices></domain>`;

describe("hosts that are taken over", function () {
  this.timeout(600_000);
  const users: TestUser[] = [];
  const hosts: TestHost[] = [];
  let program: WrittenProgram;
  let uris: string[] = [];
  let names: string[] = [];
  const run = async (connection: Connection, args: readonly string[], stdin?: string) => {
    const [result] = await connection.run([virsh(connection, args, stdin)]);
    expect(result?.exitCode, result?.stderr).to.equal(0);
  };
  /** Returns the digest of each definition, the run state, and the process with its start time. */
  const look = async () => {
    const found: Record<string, unknown> = {};
    for (const uri of uris) {
      const { domains } = await readHost(connectionTo(uri));
      for (const name of names) {
        const domain = domains.get(name);
        if (!domain) continue;
        const { inactiveXml, liveXml, state, qemuPid, qemuStartTime, managedSave, autostart } = domain;
        const digests = [inactiveXml, liveXml ?? ""].map((xml) =>
          createHash("sha256").update(xml).digest("hex"),
        );
        found[`${connectionTo(uri).host} ${name}`] = [
          ...[...digests, state, managedSave, autostart],
          ...[qemuPid, qemuStartTime],
        ];
      }
    }
    return found;
  };

  before(async () => {
    program = await makeWrittenProgram();
    const { uri, domainType } = await sandbox();
    const system = connectionTo(uri);
    const guests = await systemGuests(domainType);
    for (const [name, xml] of Object.entries(guests)) {
      const isTransient = name === testName("gone");
      await run(system, [isTransient ? "create" : "define", "/dev/stdin"], xml);
      if (!isTransient && name !== hostile) await run(system, ["start", name]);
    }
    await run(system, ["suspend", testName("paused")]);
    await run(system, ["managedsave", testName("saved")]);
    // Give the running guest another pin than its definition.
    await run(system, ["vcpupin", testName("db"), "0", "1", "--live"]);
    uris = [uri];
    names = Object.keys(guests);
    for (const number of [1, 2]) {
      const user = await makeTestUser(`adopt${number}`);
      users.push(user);
      const host = await startHost({ users: [user.name] });
      hosts.push(host);
      const session = host.uri(user.name).replace("/system?", "/session?");
      const name = testName(`app${number}`);
      await run(connectionTo(session), ["define", "/dev/stdin"], appXml(name, number));
      await run(connectionTo(session), ["start", name]);
      uris.push(session);
      names.push(name);
    }
  });
  after(async () => {
    await closeConnections();
    await Promise.all(hosts.map((host) => host.remove()));
    for (const user of users) await user.remove();
    for (const name of names) await removeDomain(name);
    program.remove();
  });

  it("by a program that a person could have written, again with the same bytes", async () => {
    const written = await program.adopt(...uris, "--domain", ...names);
    expect(written.exitCode, `${written.stdout}${written.stderr}`).to.equal(2);
    expect(written.stdout).to.contain(`${testName("gone")}: left out: it is transient`);
    const files = program.files();
    expect(Object.keys(files)).to.deep.equal([
      ".adopted.json",
      "Pulumi.yaml",
      "README.md",
      "index.ts",
      "package.json",
      "tsconfig.json",
    ]);
    expect(JSON.stringify(files) + written.stdout).not.to.contain(telling);
    expect(await program.complaints()).to.equal("");
    const index = String(files["index.ts"]);
    expect(index.match(/extends pulumi\.ComponentResource/g)).to.have.length(2);
    expect(index).to.contain("hosts.").and.to.contain(`macAddress: "52:54:00:00:00:01"`);
    expect(files["README.md"])
      .to.contain("has a managed save image")
      .and.to.contain("is paused, and stays so")
      .and.to.contain("cputune/vcpupin\\[0\\]/@cpuset is 1 in the running guest and 0 in its definition");
    const again = await program.adopt(...uris, "--domain", ...names);
    expect(again.stdout).to.contain("is as it was");
    expect(program.files()).to.deep.equal(files);
  });

  it("without a change to a guest, its process or its definition; the next preview is empty", async () => {
    const before = await look();
    expect(Object.keys(before)).to.have.length(names.length);
    const readme = String(program.files()["README.md"]);
    await program.pulumi("stack", "init", "dev");
    const secrets = readme.split("\n").filter((line) => line.includes("--secret ") && line.startsWith("npx"));
    expect(secrets).to.have.length(1);
    for (const line of secrets) {
      const done = await program.shell(line);
      expect(done.exitCode, done.stderr).to.equal(0);
      expect(done.stdout + done.stderr).not.to.contain(telling);
    }
    const up = await program.pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode, `${up.stdout}${up.stderr}`).to.equal(0);
    expect(up.stdout + up.stderr).not.to.contain(telling);
    expect(await look()).to.deep.equal(before);
    const preview = await program.pulumi("preview", "--diff", "--expect-no-changes");
    expect(preview.exitCode, `${preview.stdout}${preview.stderr}`).to.equal(0);
    const state = await program.pulumi("stack", "export");
    expect(state.stdout).to.contain("virsh:VirtioDisk").and.not.to.contain(telling);
    const destroy = await program.pulumi("destroy", "--yes", "--skip-preview");
    expect(destroy.exitCode, `${destroy.stdout}${destroy.stderr}`).to.equal(0);
    expect(await look()).to.deep.equal(before);
  });

  it("but not over somebody's edits", async () => {
    const { folder } = program;
    await program.shell("echo '// mine' >> index.ts");
    const refused = await program.adopt(...uris, "--domain", ...names);
    expect([refused.exitCode, refused.stderr]).to.deep.equal([
      1,
      `${folder}: index.ts changed since it was written; nothing was overwritten: write to a new folder with --out, and compare\n`,
    ]);
    expect(program.files()["index.ts"]).to.contain("// mine");
  });
});
