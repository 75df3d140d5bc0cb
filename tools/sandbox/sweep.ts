import { readStartTime } from "./processes.ts";
import { run } from "./run.ts";

const virsh = ["virsh", "-q", "-c", "qemu:///system"];

/**
 * Removes domains that tests left behind: `tv-PID-…` whose process PID is no more, so that tests that run
 * right now keep theirs. Returns the names removed.
 */
export async function sweepTestDomains(): Promise<readonly string[]> {
  const listed = await run([...virsh, "list", "--all", "--name"]);
  const left = listed.stdout.split("\n").filter((name) => {
    const pid = /^tv-(\d+)-/.exec(name)?.[1];
    return pid !== undefined && readStartTime(Number(pid)) === null;
  });
  for (const name of left) await removeDomain(name);
  return left;
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
