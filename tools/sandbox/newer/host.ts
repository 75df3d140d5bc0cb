import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { findEngine } from "../engine.ts";
import { cacheFolder, repository, sandboxFolder, shortHash } from "../folders.ts";
import { withLock } from "../lock.ts";
import { installPrograms } from "../packages.ts";
import { Problem } from "../problem.ts";
import { describeProcess, findChildren, isAlive, readStartTime, signalTo, waitFor } from "../processes.ts";
import { pythons } from "../python.ts";
import { findProgram, mustRun, run } from "../run.ts";
import type { Sandbox, Say } from "../sandbox.ts";
import { joining, makeGroups, printHierarchies, processesIn, removeGroups } from "./cgroups.ts";
import { enter, type NewerHost } from "./enter.ts";
import { layLink, removeLink } from "./network.ts";
import { type NewerLibvirt, newerLibvirts, releases } from "./releases.ts";
import { findRoot } from "./root.ts";

/** What the machine needs to bring up such a host. */
const programs = {
  ip: "iproute2",
  flock: "util-linux",
  nsenter: "util-linux",
  "ssh-keygen": "openssh-client",
};

const script = join(repository, "tools/sandbox/newer/becomeHost.sh");

const folderOf = (libvirt: NewerLibvirt): string => join(sandboxFolder(), `libvirt-${libvirt}`);
const recordOf = (libvirt: NewerLibvirt): string => join(folderOf(libvirt), "host.json");
/** Name of its control groups and of its cable: what a sandbox that was killed left is found by it. */
const nameOf = (libvirt: NewerLibvirt): string => `pv${libvirt}-${shortHash(sandboxFolder())}`;

/** Brings up the host with this libvirt, where it is not up yet, and the sandbox in it. */
export async function upNewer(libvirt: NewerLibvirt, say: Say): Promise<NewerHost> {
  if (process.getuid?.() !== 0) {
    throw new Problem("only root may make namespaces and device nodes", "run the same command with sudo -E");
  }
  mkdirSync(sandboxFolder(), { recursive: true, mode: 0o700 });
  return withLock(`${folderOf(libvirt)}.lock`, async (): Promise<NewerHost> => {
    const running = findNewer(libvirt);
    if (running?.repository === repository) return running;
    if (running && existsSync(running.repository)) {
      const down = `npm run sandbox -- down --libvirt ${libvirt}`;
      throw new Problem(
        `the sandbox in ${sandboxFolder()} runs libvirt ${libvirt} for another clone, ${running.repository}`,
        `end it there by \`${down}\`, or give this clone a sandbox of its own: PULUMI_VIRSH_SANDBOX=/some/folder`,
      );
    }
    await clean(libvirt);
    await installPrograms(programs, say);
    const root = await findRoot(libvirt, say);
    const path = await findEngine(say);
    const host = await start(libvirt, root, path);
    const sandbox = [process.execPath, "dist/tools/sandbox.js", "up", "--listen", host.address];
    await mustRun([...enter(host), ...sandbox], { timeoutMs: 300_000 });
    return host;
  });
}

/** Ends all that runs in the host and removes what it left; true where there was one. */
export async function downNewer(libvirt: NewerLibvirt, say: Say): Promise<void> {
  if (!existsSync(folderOf(libvirt))) return;
  await withLock(`${folderOf(libvirt)}.lock`, () => clean(libvirt));
  say(`libvirt ${libvirt} is down`);
}

/** The host where it runs, else null. */
export function findNewer(libvirt: NewerLibvirt): NewerHost | null {
  if (!existsSync(recordOf(libvirt))) return null;
  const host = JSON.parse(readFileSync(recordOf(libvirt), "utf8")) as NewerHost;
  return isAlive(host.process) && existsSync(join(host.sandbox, "sandbox.json")) ? host : null;
}

/** Those that run. */
export function listNewer(): readonly NewerLibvirt[] {
  return newerLibvirts.filter((libvirt) => findNewer(libvirt) !== null);
}

/** The sandbox in a host, as the machine reaches it. */
export function readSandbox(host: NewerHost): Sandbox {
  const sandbox = JSON.parse(readFileSync(join(host.sandbox, "sandbox.json"), "utf8")) as Sandbox;
  return { ...sandbox, uri: sandbox.uri.replace("127.0.0.1", host.address) };
}

async function start(libvirt: NewerLibvirt, root: string, path: readonly string[]): Promise<NewerHost> {
  const folder = folderOf(libvirt);
  const sandbox = join(folder, "sandbox");
  for (const name of ["upper", "work", "root", "sandbox"]) mkdirSync(join(folder, name), { recursive: true });
  const groups = makeGroups(nameOf(libvirt));
  mkdirSync(pythons, { recursive: true });
  const npm = await linkNpx(join(sandbox, "bin"));
  const binds = [repository, process.execPath, ...npm, sandbox, pythons, ...path.flatMap(engineFiles)];
  const env = {
    ...process.env,
    HOME: homedir(),
    LOWER: root,
    STATE: folder,
    NAME: `kvm-${releases[libvirt].suite}`,
    CGROUPS: printHierarchies(),
    BINDS: binds.join("\n"),
  };
  const log = join(folder, "log");
  const output = openSync(log, "w");
  const flags = ["--mount", "--pid", "--fork", "--kill-child", "--net", "--uts", "--ipc", "--cgroup"];
  const [program = "", ...words] = [...joining(groups), "unshare", ...flags, "--", "bash", script];
  const wrapper = spawn(program, words, { env, detached: true, stdio: ["ignore", output, output], cwd: "/" });
  wrapper.unref();
  let pid = 0;
  await waitFor(`the host with libvirt ${libvirt} (see ${log})`, 60_000, async () => {
    pid = findChildren(wrapper.pid ?? 0)[0] ?? 0;
    if (wrapper.exitCode !== null) throw failure(libvirt, log);
    // Before it has moved to its own root a command that enters would see the machine's files, and its libvirtd.
    return pid > 0 && existsSync(`/proc/${pid}/root/run/pulumi-virsh-host`);
  });
  const { host: address } = await layLink(nameOf(libvirt), pid);
  const host: NewerHost = {
    process: describeProcess(pid, "tini"),
    repository,
    groups,
    sandbox,
    path: [...path, join(sandbox, "bin")],
    address,
  };
  writeFileSync(recordOf(libvirt), JSON.stringify(host, null, 2));
  return host;
}

/** Makes `npx` in a folder of the host's PATH. Returns the folder of the machine that it needs there. */
async function linkNpx(folder: string): Promise<readonly string[]> {
  const found = await findProgram("npx");
  if (found === null) return [];
  const script = realpathSync(found);
  mkdirSync(folder, { recursive: true });
  symlinkSync(script, join(folder, "npx"));
  return [dirname(dirname(script))];
}

/** The cache as a folder, so that what is built later is there; of a folder with other programs the engine's alone. */
function engineFiles(folder: string): readonly string[] {
  if (folder.startsWith(`${repository}/`)) return [];
  if (folder.startsWith(cacheFolder(""))) return [folder];
  return readdirSync(folder).flatMap((name) => (name.startsWith("pulumi") ? [join(folder, name)] : []));
}

function failure(libvirt: NewerLibvirt, log: string): Problem {
  return new Problem(
    `the host with libvirt ${libvirt} does not start: ${readFileSync(log, "utf8").trim()}`,
    `read ${log}`,
  );
}

/** Also after a sandbox that was killed: whatever is in its control groups is its own. */
async function clean(libvirt: NewerLibvirt): Promise<void> {
  const name = nameOf(libvirt);
  const record = recordOf(libvirt);
  if (existsSync(record)) {
    const { process: first } = JSON.parse(readFileSync(record, "utf8")) as NewerHost;
    if (isAlive(first)) signalTo(first.pid, "SIGKILL");
  }
  await waitFor(`the end of the processes in ${name}`, 60_000, async () => {
    const left = processesIn(name);
    for (const pid of left) if (readStartTime(pid) !== null) signalTo(pid, "SIGKILL");
    return left.length === 0;
  });
  removeGroups(name);
  await removeLink(name);
  await run(["rm", "-rf", "--one-file-system", folderOf(libvirt)], { timeoutMs: 120_000 });
}
