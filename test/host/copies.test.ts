import { chmodSync, existsSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { interruptedBy } from "../../provider/host/connection/interruption.ts";
import { sharedFolder } from "../../tools/sandbox/folders.ts";
import { signalTo, waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun, run } from "../../tools/sandbox/run.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import type { TestHost } from "../support/hosts.ts";
import { startHost } from "../support/hosts.ts";
import type { PrivateLibvirtd } from "../support/privateLibvirtd.ts";
import { startPrivateLibvirtd } from "../support/privateLibvirtd.ts";
import type { TestStorage } from "../support/storage.ts";
import { testStorage } from "../support/storage.ts";
import type { TestUser } from "../support/users.ts";
import { makeTestUser } from "../support/users.ts";

const copy = { name: "copy", content: { clone: { name: "base" } } };

/** A copy takes 2 s on this host, because its qemu-img is slowed down. */
const slow = `#!/bin/sh
if [ "$1" = convert ]; then shift; exec /usr/bin/qemu-img convert -r 4M "$@"; fi
exec /usr/bin/qemu-img "$@"
`;

describe("copies of volumes", function () {
  this.timeout(120_000);
  let user: TestUser;
  let member: TestUser;
  let host: TestHost;
  let daemon: PrivateLibvirtd;
  let programs: string;
  let own: TestStorage;

  before(async () => {
    [user, member] = [await makeTestUser("copies"), await makeTestUser("copier", ["libvirt"])];
    daemon = await startPrivateLibvirtd();
    programs = temporaryFolder("programs", sharedFolder);
    chmodSync(programs, 0o755);
    writeFileSync(join(programs, "qemu-img"), slow);
    chmodSync(join(programs, "qemu-img"), 0o755);
    const path = `SetEnv PATH=${programs}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;
    host = await startHost({ users: [user.name, member.name], lines: [path] });
  });
  after(async () => {
    await host.remove();
    await daemon.remove();
    removeFolder(programs);
    await user.remove();
    await member.remove();
  });
  afterEach(async () => {
    for (const verb of ["pool-destroy", "pool-undefine"]) await own.virsh(verb, "--pool", own.name);
    await own.end();
  });

  /** A pool with an image of 8 MiB, on a libvirtd that is the user's own. */
  const privatePool = async () => {
    own = await testStorage("copies", host.uri(user.name).replace("/system?", "/session?"));
    await mustRun(["chown", user.name, own.folder]);
    await own.create("StoragePool", {});
    await own.create("Volume", { name: "base", capacity: "8 MiB" });
    await mustRun(["qemu-io", "-f", "qcow2", "-c", "write -P 7 0 8M", join(own.folder, "base")]);
  };
  const files = () => readdirSync(own.folder).sort();
  const holdsAll = async () => {
    const { stdout } = await run(["qemu-io", "-r", "-c", "read -P 7 0 8M", join(own.folder, "copy")]);
    expect(stdout).to.contain("read 8388608/8388608 bytes").and.not.to.contain("failed");
  };
  const kiloBytes = async () => Number.parseInt((await mustRun(["du", "-sk", own.folder])).trim(), 10);
  /** Begins a copy, does something in the middle of it, and returns the copy's outcome. */
  const during = async (act: () => void, signal = new AbortController().signal) => {
    const ending = interruptedBy(signal, () => own.create("Volume", copy)).then(
      (made) => ({ made }),
      (error: Error) => ({ error }),
    );
    const before = await kiloBytes();
    await waitFor("half of the copy", 30_000, async () => (await kiloBytes()) > before + 2000);
    expect(existsSync(join(own.folder, "copy"))).to.equal(false);
    expect(files().join()).to.match(/^\.pulumi-virsh-.*\.part,base$/);
    act();
    return ending;
  };
  const kill = (...programs: string[]) => {
    for (const program of programs) for (const pid of user.processes(program)) signalTo(pid, "SIGKILL");
  };

  it("have no name when the host dies in the middle; the next up makes it, and sweeps what a day is old", async () => {
    await privatePool();
    expect(await during(() => kill("sh", "qemu-img", "libvirtd"))).to.have.property("error");
    const [part = "", ...others] = files();
    expect(part).to.match(/^\.pulumi-virsh-/);
    expect(others).to.deep.equal(["base"]);
    const old = Date.now() / 1000 - 25 * 3600;
    utimesSync(join(own.folder, part), old, old);
    expect((await own.create("Volume", copy)).outputs.isOurs).to.equal(true);
    expect(files()).to.deep.equal(["base", "copy"]);
    await holdsAll();
  });

  it("do not need libvirtd, which may die in the middle", async () => {
    await privatePool();
    expect(await during(() => kill("libvirtd"))).to.have.nested.property("made.outputs.isOurs", true);
    expect(files()).to.deep.equal(["base", "copy"]);
    await holdsAll();
  });

  it("leave no file and no process when they are interrupted", async () => {
    await privatePool();
    const control = new AbortController();
    expect(await during(() => control.abort(), control.signal)).to.have.property("error");
    await waitFor("its end", 10_000, async () => user.processes("qemu-img").length === 0);
    await waitFor("its files' end", 10_000, async () => files().join() === "base");
  });

  it("are made by libvirtd where the login may not write, and have their name when they are whole", async () => {
    own = await testStorage("copies", daemon.on(host.uri(member.name)));
    await own.create("StoragePool", {});
    await mustRun(["chmod", "711", own.folder]);
    await own.create("Volume", { name: "base", capacity: "8 MiB" });
    await mustRun(["qemu-io", "-f", "qcow2", "-c", "write -P 7 0 8M", join(own.folder, "base")]);
    expect((await own.create("Volume", copy)).outputs.isOurs).to.equal(true);
    expect(files()).to.deep.equal(["base", "copy"]);
    expect(await own.virsh("vol-list", "--pool", own.name)).not.to.contain(".pulumi-virsh");
    await holdsAll();
  });
});
