import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sandboxFolder, sharedFolder, shortHash } from "./folders.ts";
import { type KvmDevice, openKvmDevice, restoreKvmDevice } from "./kvm.ts";
import { withLock } from "./lock.ts";
import { Problem } from "./problem.ts";
import { describeProcess, endProcess, type StartedProcess, waitFor } from "./processes.ts";
import { findProgram, run } from "./run.ts";

/** Changes that sandboxes made outside their own folders. The last sandbox to go down reverts them. */
interface Shared {
  readonly daemons: readonly StartedProcess[];
  readonly kvmDevice: KvmDevice | null;
}

const record = join(sharedFolder, "started.json");
const members = join(sharedFolder, "sandboxes");
const lock = join(sharedFolder, "lock");
const systemdRuns = existsSync("/run/systemd/system");

export async function libvirtAnswers(): Promise<boolean> {
  return (await run(["virsh", "-c", "qemu:///system", "uri"])).exitCode === 0;
}

/** Uses the libvirtd that answers on qemu:///system, or starts one. Counts this sandbox as a user of it. */
export function startLibvirt(say: (line: string) => void): Promise<void> {
  return withLock(lock, async () => {
    mkdirSync(members, { recursive: true });
    writeFileSync(join(members, shortHash(sandboxFolder())), sandboxFolder());
    const before = readShared();
    const kvmDevice = before.kvmDevice ?? openKvmDevice();
    writeFileSync(record, JSON.stringify({ ...before, kvmDevice }));
    if (await libvirtAnswers()) return;
    say("starting virtlogd and libvirtd");
    const daemons = systemdRuns ? await startBySystemd() : await startByHand();
    writeFileSync(record, JSON.stringify({ daemons, kvmDevice } satisfies Shared));
  });
}

/** Stops counting this sandbox. When it was the last, ends the daemons that a sandbox started. */
export function stopLibvirt(say: (line: string) => void): Promise<void> {
  return withLock(lock, async () => {
    rmSync(join(members, shortHash(sandboxFolder())), { force: true });
    if (livingMembers() > 0) return say("another sandbox uses libvirtd: it stays");
    const { daemons, kvmDevice } = readShared();
    for (const daemon of [...daemons].reverse()) {
      say(`ending ${daemon.program} (process ${daemon.pid})`);
      await endProcess(daemon);
    }
    if (kvmDevice) restoreKvmDevice(kvmDevice);
    rmSync(record, { force: true });
    rmSync(members, { recursive: true, force: true });
  });
}

/** Counts the sandboxes that share libvirtd, except those whose folder was deleted by hand. */
function livingMembers(): number {
  if (!existsSync(members)) return 0;
  return readdirSync(members).filter((name) => existsSync(readFileSync(join(members, name), "utf8"))).length;
}

function readShared(): Shared {
  if (!existsSync(record)) return { daemons: [], kvmDevice: null };
  return JSON.parse(readFileSync(record, "utf8")) as Shared;
}

/** Starts the services by systemd. `down` leaves them running: they are not ours to stop. */
async function startBySystemd(): Promise<readonly StartedProcess[]> {
  const started = await run(["systemctl", "start", "libvirtd"]);
  if (started.exitCode !== 0)
    throw new Problem(`libvirtd: ${started.stderr.trim()}`, "see: journalctl -u libvirtd");
  return [];
}

async function startByHand(): Promise<readonly StartedProcess[]> {
  mkdirSync("/var/log/libvirt/qemu", { recursive: true });
  const daemons: StartedProcess[] = [];
  for (const program of ["virtlogd", "libvirtd"]) {
    const path = (await findProgram(program)) ?? `/usr/sbin/${program}`;
    const pidFile = join(sharedFolder, `${program}.pid`);
    const started = await run([path, "-d", "--pid-file", pidFile]);
    if (started.exitCode === 0) {
      await waitFor(
        `${program}'s pid file`,
        30_000,
        async () => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "",
      );
      daemons.push(describeProcess(Number(readFileSync(pidFile, "utf8")), program));
    } else if (program === "libvirtd") {
      throw new Problem(
        `libvirtd does not start: ${started.stderr.trim()}`,
        `run ${path} in a terminal and read`,
      );
    }
  }
  await waitFor("libvirtd's answer on qemu:///system", 20_000, libvirtAnswers);
  return daemons;
}
