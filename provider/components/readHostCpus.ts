import type { HostCpus } from "../plan/cpus/placement/types.ts";

/**
 * CPUs, NUMA nodes and guests of a host, for a `Fleet` whose program is not to ask its hosts: print it, keep it with
 * the program, and give it as the host's `cpus`.
 * Host keys are checked and credentials named as for resources.
 * @param uri libvirt URI of the host
 * @param diskPaths files and block devices of which the NUMA node of the PCI device is to be known
 * @throws HostError when the host can't be read
 */
export async function readHostCpus(uri: string, diskPaths: readonly string[] = []): Promise<HostCpus> {
  const placing = await import("./placing.ts");
  return placing.readHostCpus(uri, diskPaths);
}
