import { readFileSync, readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { closeConnections } from "../../provider/host/connections.ts";
import { listProcesses, readStartTime, signalTo } from "../../tools/sandbox/processes.ts";
import { run } from "../../tools/sandbox/run.ts";
import { removeDomain, removeNetwork, removePool } from "../../tools/sandbox/sweep.ts";
import { removeUser } from "../../tools/sandbox/users.ts";
import { owner, removeFolders } from "./folders.ts";
import { testName } from "./sandbox.ts";

/** Something that a test file made and left. */
interface Leak {
  /** What it is and which one, for the message. */
  readonly what: string;
  /** Takes it away, so that the next file of this process is not blamed for it. */
  readonly remove: () => unknown;
}

/** A variable that all programs inherit which this process starts, and those that they start. */
const mark = "PULUMI_VIRSH_TEST_PROCESS";
/** How names of domains, networks and users begin that this process makes; parts of the paths of its folders. */
const names = testName("");
const folders = `-${owner}-`;
/** What Node has open, as it names it. */
const resources: Readonly<Record<string, string>> = {
  TCPSocketWrap: "an open connection",
  TCPServerWrap: "a server that listens",
};
/** Sessions and processes that were told to end need a moment. */
const patienceMs = 10_000;

/** Starts the leak check of a test file. Call it when the sandbox is up, so that nothing of the sandbox counts as a leak. */
export function beginLeakCheck(): readonly string[] {
  process.env[mark] = owner;
  return process.getActiveResourcesInfo();
}

/**
 * Ends what the product and the tests' support keep until their process ends, and removes everything else that is left.
 * @throws Error that names all that was left; `before`: what Node had open at the begin
 */
export async function endLeakCheck(before: readonly string[]): Promise<void> {
  await closeConnections();
  removeFolders();
  const deadline = Date.now() + patienceMs;
  let leaks = await findLeaks(before);
  while (leaks.length > 0 && Date.now() < deadline) {
    await pause(50);
    leaks = await findLeaks(before);
  }
  delete process.env[mark];
  for (const leak of leaks) await leak.remove();
  if (leaks.length > 0) throw new Error(`left behind:\n  ${leaks.map(({ what }) => what).join("\n  ")}`);
}

async function findLeaks(before: readonly string[]): Promise<readonly Leak[]> {
  return [
    ...findOpen(before),
    ...findMounts(),
    ...findProcesses(),
    ...findUsers(),
    ...(await findObjects("domain", ["list", "--all", "--name"], removeDomain)),
    ...(await findObjects("network", ["net-list", "--all", "--name"], removeNetwork)),
    ...(await findObjects("storage pool", ["pool-list", "--all", "--name"], removePool)),
  ];
}

function findOpen(before: readonly string[]): readonly Leak[] {
  const left = [...process.getActiveResourcesInfo()];
  for (const each of before) {
    const at = left.indexOf(each);
    if (at >= 0) left.splice(at, 1);
  }
  return left.flatMap((each) => (resources[each] ? [{ what: resources[each], remove: () => {} }] : []));
}

function findMounts(): readonly Leak[] {
  const points = readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  return points.filter(isOwn).map((point) => ({
    what: `the mount ${point}`,
    remove: () => run(["umount", "-l", point]),
  }));
}

function findProcesses(): readonly Leak[] {
  const others = listProcesses().filter((pid) => pid !== process.pid);
  return others.flatMap((pid) => {
    const startTime = readStartTime(pid);
    const command = readFile(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
    // This is the QEMU of a guest: findObjects reports the guest as a domain.
    if (startTime === null || command === "" || command.includes("-name guest=")) return [];
    const isMarked = readFile(`/proc/${pid}/environ`).split("\0").includes(`${mark}=${owner}`);
    // A session of sshd has overwritten its environment, but keeps the log of its server open.
    if (!isMarked && !isOwn(command) && !isOwn(readLink(`/proc/${pid}/fd/2`))) return [];
    const remove = () => readStartTime(pid) === startTime && signalTo(pid, "SIGKILL");
    return [{ what: `process ${pid}: ${command}`, remove }];
  });
}

function findUsers(): readonly Leak[] {
  const found = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":")[0] ?? "");
  return found
    .filter((name) => name.startsWith(names))
    .map((name) => ({ what: `the user ${name}`, remove: () => removeUser(name) }));
}

async function findObjects(
  kind: string,
  list: readonly string[],
  remove: (name: string) => Promise<unknown>,
): Promise<readonly Leak[]> {
  const { stdout } = await run(["virsh", "-q", "-c", "qemu:///system", ...list]);
  return stdout
    .split("\n")
    .filter((name) => name.startsWith(names))
    .map((name) => ({ what: `the ${kind} ${name}`, remove: () => remove(name) }));
}

function isOwn(text: string): boolean {
  return text.includes(names) || text.includes(folders);
}

/** Empty when the process is gone. */
function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Likewise. */
function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
