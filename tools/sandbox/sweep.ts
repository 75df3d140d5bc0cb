import { readStartTime } from "./processes.ts";
import { run } from "./run.ts";

const virsh = ["virsh", "-q", "-c", "qemu:///system"];

/** Whether the name belongs to a test whose process has ended. */
function isLeft(name: string): boolean {
  const pid = /^tv-(\d+)-/.exec(name)?.[1];
  return pid !== undefined && readStartTime(Number(pid)) === null;
}

/**
 * Removes domains that tests left behind: those named `tv-PID-…` whose process PID has ended. Running tests
 * keep theirs. Returns the names of the removed domains.
 */
export const sweepTestDomains = () => sweep("list", removeDomain);

/** Removes networks that tests left behind. */
export const sweepTestNetworks = () => sweep("net-list", removeNetwork);

/** Removes storage pools that tests left behind; their folders are the tests' own. */
export const sweepTestPools = () => sweep("pool-list", removePool);

async function sweep(list: string, remove: (name: string) => Promise<void>): Promise<readonly string[]> {
  const listed = await run([...virsh, list, "--all", "--name"]);
  const left = listed.stdout.split("\n").filter(isLeft);
  for (const name of left) await remove(name);
  return left;
}

/** Stops and undefines a network. Does nothing when it does not exist. */
export async function removeNetwork(name: string): Promise<void> {
  await run([...virsh, "net-destroy", "--network", name]);
  await run([...virsh, "net-undefine", "--network", name]);
}

/** Stops and undefines a storage pool; its files stay. Does nothing when it does not exist. */
export async function removePool(name: string): Promise<void> {
  await run([...virsh, "pool-destroy", "--pool", name]);
  await run([...virsh, "pool-undefine", "--pool", name]);
}

/** Stops and undefines a domain. Does nothing when it does not exist. */
export async function removeDomain(name: string): Promise<void> {
  await run([...virsh, "destroy", "--domain", name]);
  const flags = ["--managed-save", "--snapshots-metadata", "--checkpoints-metadata", "--nvram"];
  await run([...virsh, "undefine", "--domain", name, ...flags]);
}

/** Removes every domain with a disk in `folder`, because the images there are about to be deleted. */
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
