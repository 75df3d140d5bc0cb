import { copyFileSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import { settings } from "../../provider/model/arguments/provider.ts";
import { makeImage } from "../../tools/sandbox/images.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import type { TestProject } from "../support/project.ts";
import { copyExample, makeProject, printProject } from "../support/project.ts";
import { sandbox, testName } from "../support/sandbox.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** Calls a function without a host, so that the settings decide which host it asks. */
const question = `outputs:
  libvirt:
    fn::invoke: { function: "virsh:index:getHost", arguments: {}, return: libvirtVersion }
`;
const onIde = `resources:
  db:
    type: virsh:index:Domain
    properties: { name: none, memory: 64 MiB, ioThreads: 1, disks: [{ target: hda, bus: ide, source: { file: /x }, ioThread: 1 }] }
`;

describe("environment variables of the native plugin's settings", function () {
  this.timeout(600_000);
  const name = testName("settings");
  const tested = new Set<string>();
  let project: TestProject;
  let reached: Variables;
  let keys: { readonly plain: string; readonly encrypted: string };

  before(async () => {
    const { uri, keyfile, knownHosts, domainType } = await sandbox();
    project = await makeProject("yaml", question);
    const encrypted = join(project.folder, "encrypted");
    copyFileSync(keyfile, encrypted);
    await mustRun(["ssh-keygen", "-q", "-p", "-P", "", "-N", "open sesame", "-f", encrypted]);
    keys = { plain: readFileSync(keyfile, "utf8"), encrypted: readFileSync(encrypted, "utf8") };
    reached = {
      HOME: project.folder,
      SSH_AUTH_SOCK: undefined,
      PULUMI_VIRSH_HOST: uri.replace(/\?.*$/, ""),
      PULUMI_VIRSH_KEY_FILE: keyfile,
      PULUMI_VIRSH_KNOWN_HOSTS: knownHosts,
    };
    const image = makeImage("settings.raw");
    const xml = `<domain type='${domainType}'><name>${name}</name><memory unit='MiB'>64</memory><os><type machine='q35'>hvm</type></os><devices><disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${image}'/><target dev='vda' bus='virtio'/></disk></devices></domain>`;
    const connection = connectionTo(uri);
    await runOne(connection, "define", virsh(connection, ["define", "/dev/stdin"], xml));
    await runOne(connection, "start", virsh(connection, ["start", name]));
  });
  after(async () => {
    project.remove();
    await removeDomain(name);
  });

  /** Previews with these variables and those that reach the host. Returns the output. */
  async function preview(variables: Variables, program = question): Promise<string> {
    for (const variable of Object.keys(variables)) tested.add(variable);
    project.environment = { ...reached, ...variables };
    project.write("Pulumi.yaml", printProject("yaml", program));
    const { exitCode, stdout, stderr } = await project.pulumi("preview");
    return `${stdout}${stderr}\nexit code ${exitCode}`;
  }

  it("host, keyFile, knownHosts: all that a bare address lacks", async () => {
    expect(await preview(reached)).to.match(/libvirt *: "\d+\.\d+\.\d+"[\s\S]*exit code 0/);
    expect(await preview({ PULUMI_VIRSH_HOST: undefined })).to.match(/is required \(host\)/);
    expect(await preview({ PULUMI_VIRSH_KEY_FILE: undefined })).to.match(/refused|no key/i);
    expect(await preview({ PULUMI_VIRSH_KNOWN_HOSTS: undefined })).to.match(/host key/i);
  });

  it("privateKey, keyPassphrase: a key that lies in no file, and is never shown", async () => {
    const file = { PULUMI_VIRSH_KEY_FILE: undefined };
    expect(await preview({ ...file, PULUMI_VIRSH_PRIVATE_KEY: keys.plain })).to.contain("exit code 0");
    const closed = { ...file, PULUMI_VIRSH_PRIVATE_KEY: keys.encrypted };
    expect(await preview(closed))
      .to.contain("needs PULUMI_VIRSH_KEY_PASSPHRASE")
      .and.not.contain("PRIVATE KEY-");
    const open = await preview({ ...closed, PULUMI_VIRSH_KEY_PASSPHRASE: "open sesame" });
    expect(open).to.contain("exit code 0").and.not.contain("sesame");
  });

  it("ssh: the ssh of this machine, which takes no key as text", async () => {
    expect(await preview({ PULUMI_VIRSH_SSH: "command" })).to.contain("exit code 0");
    const asText = { PULUMI_VIRSH_KEY_FILE: undefined, PULUMI_VIRSH_PRIVATE_KEY: keys.plain };
    expect(await preview({ PULUMI_VIRSH_SSH: "command", ...asText }))
      .to.contain("can't be given to the system's ssh")
      .and.not.contain("PRIVATE KEY-");
    expect(await preview({ PULUMI_VIRSH_SSH: "putty" })).to.match(
      /ssh.*"?ssh2"?.*"?command"?[\s\S]*exit code [^0]/,
    );
  });

  it("whenRunning: what a change of a running guest may cost", async () => {
    const { imagesDir } = await sandbox();
    const program = `resources:
  data:
    type: virsh:index:VirtioDisk
    properties: { domain: ${name}, target: vda, source: { file: ${imagesDir}/settings.raw }, cache: directsync }
`;
    const change = "devices/disk[vda]/driver/@cache absent → directsync";
    expect(await preview({ PULUMI_VIRSH_WHEN_RUNNING: undefined }, program)).to.contain(
      `${change} (next boot)`,
    );
    expect(await preview({ PULUMI_VIRSH_WHEN_RUNNING: "detach" }, program)).to.contain(`${change} (detach)`);
  });

  it("lints: what becomes of what libvirt would refuse", async () => {
    expect(await preview({ PULUMI_VIRSH_LINTS: undefined }, onIde)).to.match(/ioThread[\s\S]*exit code [^0]/);
    expect(await preview({ PULUMI_VIRSH_LINTS: "warning" }, onIde)).to.match(
      /warning:.*ioThread[\s\S]*code 0/,
    );
    expect(await preview({ PULUMI_VIRSH_LINTS: "off" }, onIde)).to.not.match(/warning:|exit code [^0]/);
  });

  it("connectSeconds: how long a silent server may take", async () => {
    const waits: number[] = [];
    const server = createServer((socket) => {
      const begin = performance.now();
      socket.resume().on("error", () => {});
      socket.on("close", () => waits.push(performance.now() - begin));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const host = `qemu+ssh://root@127.0.0.1:${(server.address() as AddressInfo).port}/system`;
    const said = await preview({ PULUMI_VIRSH_HOST: host, PULUMI_VIRSH_CONNECT_SECONDS: "1" });
    await new Promise((resolve) => server.close(resolve));
    expect(said).to.contain("can't connect to 127.0.0.1");
    // Without the setting it would be 20 s. The start of the engine does not count.
    expect(waits).to.have.length(1);
    expect(waits[0]).to.be.within(900, 15_000);
  });

  for (const [variable, value, said] of [
    ["PULUMI_VIRSH_ANSWER_SECONDS", "0", /answerSeconds.*from 1 to 3600/],
    ["PULUMI_VIRSH_COMMAND_SECONDS", "0", /commandSeconds.*from 1 to 3600/],
    ["PULUMI_VIRSH_LINT", '{"L99":"off"}', /there is no lint L99/],
    ["PULUMI_VIRSH_STRICT_XML", "sometimes", /strictXml.*true.*false/],
    ["PULUMI_VIRSH_STRICT_PREVIEW", "sometimes", /strictPreview.*true.*false/],
    ["PULUMI_VIRSH_HOSTS", '["qemu+tcp://hv9/system"]', /virsh:hosts: .*tcp/],
  ] as const)
    it(`${variable}: is read, and refused where it can't be used`, async () => {
      expect(await preview({ [variable]: value }))
        .to.match(said)
        .and.not.contain("exit code 0");
    });

  it("frontEnd: the plugin for a TypeScript program", async () => {
    const { uri } = await sandbox();
    const hello = await copyExample("hello", "nodejs");
    try {
      await hello.must("config", "set", "hello:host", uri);
      for (const [value, type] of [
        ["native", "virsh:index:Domain"],
        ["dynamic", "pulumi-nodejs:virsh:Domain"],
      ] as const) {
        hello.environment = { PULUMI_VIRSH_FRONT_END: value };
        expect(await hello.must("preview")).to.contain(` ${type} db`);
      }
      tested.add("PULUMI_VIRSH_FRONT_END");
    } finally {
      hello.remove();
    }
  });

  it("are all tested here", () => {
    expect(
      Object.values(settings).flatMap(({ variable }) => (tested.has(variable) ? [] : [variable])),
    ).to.deep.equal([]);
  });
});
