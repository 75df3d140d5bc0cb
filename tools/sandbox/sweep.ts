import { readStartTime } from "./processes.ts";
import { run } from "./run.ts";

const virsh = ["virsh", "-q", "-c", "qemu:///system"];

/** Whether it belongs to a test whose process is no more. */
function isLeft(name: string): boolean {
  const pid = /^tv-(\d+)-/.exec(name)?.[1];
  return pid !== undefined && readStartTime(Number(pid)) === null;
}

/**
 * Removes domains that tests left behind: `tv-PID-…` whose process PID is no more, so that tests that run
 * right now keep theirs. Returns the names removed.
 */
export async function sweepTestDomains(): Promise<readonly string[]> {
  const listed = await run([...virsh, "list", "--all", "--name"]);
  const left = listed.stdout.split("\n").filter(isLeft);
  for (const name of left) await removeDomain(name);
  return left;
}

/** Likewise networks. */
export async function sweepTestNetworks(): Promise<void> {
  const listed = await run([...virsh, "net-list", "--all", "--name"]);
  for (const name of listed.stdout.split("\n").filter(isLeft)) await removeNetwork(name);
}

/** Ends and undefines a network; one that is not there is fine. */
export async function removeNetwork(name: string): Promise<void> {
  await run([...virsh, "net-destroy", "--network", name]);
  await run([...virsh, "net-undefine", "--network", name]);
}

/** Ends and undefines a domain; one that is not there is fine. */
export async function removeDomain(name: string): Promise<void> {
  await run([...virsh, "destroy", "--domain", name]);
  const flags = ["--managed-save", "--snapshots-metadata", "--checkpoints-metadata", "--nvram"];
  await run([...virsh, "undefine", "--domain", name, ...flags]);
}

/** Removes every domain that has a disk in `folder`: guests of a sandbox whose images go. */
export async function removeDomainsUsing(folder: string): Promise<readonly string[]> {
  const names = (await run([...virsh, "list", "--all", "--name"])).stdout
    .split("\n")
    .filter((name) => name !== "");
  const using: string[] = [];
  for (const name of names) {
    const xml = (await run([...virsh, "dumpxml", "--domain", name])).stdout;
    if (xml.includes(`'${folder}/`)) using.push(name);
  }
  for (const name of using) await removeDomain(name);
  return using;
}
