import { renameSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { DoctorLine } from "../../provider/plan/doctor/check.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { mustRun, run } from "../../tools/sandbox/run.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { type Client, makeClient } from "../support/connections.ts";
import { startHost, type TestHost } from "../support/hosts.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { testStorage } from "../support/storage.ts";
import { makeTestUser } from "../support/users.ts";

const cli = join(repository, "dist/provider/cli/main.js");

/** Returns the lines that the command prints for each host, and its exit code. */
async function doctor(...uris: string[]) {
  const { exitCode, stdout, stderr } = await run([process.execPath, cli, "doctor", "--json", ...uris]);
  assert.equal(stderr, "");
  const { hosts } = JSON.parse(stdout) as { hosts: { host: string; lines: DoctorLine[] }[] };
  return { exitCode, hosts };
}

function lineOf(lines: readonly DoctorLine[] | undefined, id: string): DoctorLine {
  return lines?.find((line) => line.id === id) ?? assert.fail(`no line ${id} in ${JSON.stringify(lines)}`);
}

/** Guests of other tests may be held at any time, and folders of other tests' pools gone. */
const ofOthers: ReadonlySet<string> = new Set(["job", "poolFolder"]);

const problemsOf = (lines: readonly DoctorLine[] | undefined) =>
  (lines ?? []).filter(({ id, verdict }) => verdict === "problem" && !ofOthers.has(id)).map(({ id }) => id);

const exitCodeOf = (hosts: readonly { readonly lines: readonly DoctorLine[] }[]) =>
  hosts.some(({ lines }) => lines.some(({ verdict }) => verdict === "problem")) ? 2 : 0;

describe("pulumi-virsh doctor", () => {
  let client: Client;
  const open: TestHost[] = [];
  const start = async (options: Parameters<typeof startHost>[0] = {}) => {
    const host = await startHost(options);
    open.push(host);
    return host;
  };
  before(() => {
    client = makeClient();
  });
  after(async () => {
    await Promise.all(open.map((host) => host.remove()));
    await client.remove();
  });

  it("finds nothing wrong with a host, and says what its versions lack", async () => {
    const { uri } = await sandbox();
    const { exitCode, hosts } = await doctor(uri);
    const lines = hosts[0]?.lines;
    assert.deepEqual(problemsOf(lines), []);
    assert.equal(exitCode, exitCodeOf(hosts));
    assert.match(lineOf(lines, "libvirtVersion").found, /^\d+\.\d+\.\d+$/);
    assert.match(lineOf(lines, "qemuVersion").found, /^\d+\.\d+\.\d+$/);
    assert.include(lineOf(lines, "user").found, "root");
    assert.equal(lineOf(lines, "sessions").found, "10 at once");
    assert.equal(lineOf(lines, "clock").verdict, "ok");
    assert.match(lineOf(lines, "cgroup").found, /^version [12]$/);
    assert.isAbove((lines ?? []).filter(({ id }) => id === "feature").length, 3);
    const local = await doctor("qemu:///system");
    assert.deepEqual(problemsOf(local.hosts[0]?.lines), []);
    assert.isUndefined(local.hosts[0]?.lines.find(({ id }) => id === "hostKey"));
  });

  it("tells hosts that can't be reached side by side, each with the step that failed", async () => {
    const [unknown, strict, down] = [await start(), await start(), await start()];
    await down.stop();
    const stranger = client.write("nobody", "");
    const { exitCode, hosts } = await doctor(
      unknown.uri().replace(unknown.knownHosts, stranger),
      strict.uri().replace(strict.keyfile, client.makeKey("stranger", "-t", "ed25519")),
      down.uri(),
      "qemu+tcp://hv1/system",
    );
    assert.equal(exitCode, 2);
    assert.deepEqual(
      hosts.map(({ lines }) => problemsOf(lines)),
      [["hostKey"], ["authentication"], ["connection"], ["uri"]],
    );
    const [key, login, connection] = hosts.map(({ lines }) => lines.at(-1));
    assert.match(`${key?.found} → ${key?.remedy}`, /not known|unknown|known_hosts/i);
    assert.match(`${login?.found} → ${login?.remedy}`, /refused root; tried .*authorized_keys/);
    assert.match(`${connection?.found} → ${connection?.remedy}`, /ECONNREFUSED.*is sshd running there/);
  });

  it("says which rights a user lacks, and that a session's libvirtd does not run", async () => {
    const [outside, inside] = [await makeTestUser("out"), await makeTestUser("in", ["libvirt"])];
    try {
      const host = await start({
        users: [outside.name, inside.name],
        // On this host virsh does not start a daemon when none runs.
        lines: ["SetEnv LIBVIRT_AUTOSTART=0"],
      });
      const [no, yes, session] = (
        await doctor(
          host.uri(outside.name),
          host.uri(inside.name),
          host.uri(outside.name).replace("/system?", "/session?"),
        )
      ).hosts.map(({ lines }) => lines);
      assert.match(lineOf(no, "user").found, /not in the group libvirt/);
      assert.match(lineOf(no, "user").remedy, new RegExp(`usermod -aG libvirt ${outside.name}`));
      assert.deepEqual(problemsOf(no), ["libvirt"]);
      assert.match(lineOf(no, "libvirt").remedy, /group libvirt/);
      assert.match(lineOf(yes, "user").found, /libvirt; threads of QEMU/);
      const own = await run(["runuser", "-u", inside.name, "--", "virsh", "-c", "qemu:///system", "list"]);
      assert.deepEqual(problemsOf(yes), own.exitCode === 0 ? [] : ["libvirt"]);
      assert.deepEqual(problemsOf(session), ["libvirt"]);
      assert.match(lineOf(session, "libvirt").remedy, /systemctl start libvirtd/);
    } finally {
      await Promise.all(open.splice(0).map((host) => host.remove()));
      await outside.remove();
      await inside.remove();
    }
  });

  it("looks at storage pools: start, space and folder", async () => {
    const own = await testStorage("examined");
    try {
      await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", join(own.folder, "large.qcow2"), "10T"]);
      await own.virsh("pool-define-as", own.name, "dir", "--target", own.folder);
      await own.virsh("pool-start", own.name);
      const look = async (id: string) => {
        const { hosts } = await doctor((await sandbox()).uri);
        const lines = hosts[0]?.lines ?? [];
        assert.equal(lineOf(lines, "pools").verdict, "ok");
        return lines.filter((line) => line.id === id && line.found.includes(`"${own.name}"`));
      };
      assert.deepInclude((await look("poolAutostart"))[0], { verdict: "note" });
      const [space] = await look("poolSpace");
      assert.match(`${space?.verdict} ${space?.found}`, /^note .* free, and volumes may take 10 TiB more$/);
      assert.deepEqual(await look("poolFolder"), []);
      renameSync(own.folder, `${own.folder}.away`);
      const [gone] = await look("poolFolder");
      assert.deepInclude(gone, { verdict: "problem" });
      assert.include(gone?.found, `${own.folder} is gone`);
      renameSync(`${own.folder}.away`, own.folder);
    } finally {
      await own.end();
    }
  });

  it("counts the sessions that a connection may have", async () => {
    const [one, three] = [await start({ maxSessions: 1 }), await start({ maxSessions: 3 })];
    const { exitCode, hosts } = await doctor(one.uri(), three.uri());
    const [first, second] = hosts.map(({ lines }) => lineOf(lines, "sessions"));
    assert.deepInclude(first, { verdict: "note", found: "1 at once" });
    assert.match(first?.remedy ?? "", /MaxSessions/);
    assert.deepInclude(second, { verdict: "ok", found: "3 at once" });
    assert.equal(exitCode, exitCodeOf(hosts));
  });

  it("finds a domain that a command holds, and does not wait for it", async () => {
    const { domainType } = await sandbox();
    const name = testName("held");
    const virsh = (args: readonly string[], stdin?: string) =>
      run(["sh", "-c", 'cat | "$@"', "sh", "virsh", "-c", "qemu:///system", ...args], {
        ...(stdin === undefined ? {} : { stdin }),
        timeoutMs: 60_000,
      });
    const xml = `<domain type='${domainType}'><name>${name}</name><memory>32768</memory><os><type arch='x86_64'>hvm</type></os></domain>`;
    const pid = async () => Number((await run(["cat", `/run/libvirt/qemu/${name}.pid`])).stdout);
    assert.equal((await virsh(["define", "/dev/stdin"], xml)).exitCode, 0);
    assert.equal((await virsh(["start", name])).exitCode, 0);
    const qemu = await pid();
    // QEMU stops answering, so the command that asks it keeps the domain's lock.
    process.kill(qemu, "SIGSTOP");
    try {
      const holding = virsh(["qemu-monitor-command", name, "--hmp", "info status"]);
      await waitFor("the lock to be old", 30_000, async () => {
        const { stdout } = await virsh(["domcontrol", name]);
        return Number(/occupied \((\d+)/.exec(stdout)?.[1] ?? 0) >= 5;
      });
      const began = performance.now();
      const { exitCode, hosts } = await doctor("qemu:///system");
      assert.isBelow(performance.now() - began, 20_000);
      const job = hosts[0]?.lines.find(({ id, found }) => id === "job" && found.includes(`"${name}"`));
      assert.equal(job?.verdict, "problem");
      assert.match(job?.found ?? "", /occupied \(\d+/);
      assert.equal(exitCode, 2);
      process.kill(qemu, "SIGCONT");
      await holding;
    } finally {
      process.kill(qemu, "SIGCONT");
      await removeDomain(name);
    }
  });
});
