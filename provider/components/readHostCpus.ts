import type { HostCpus } from "../plan/cpus/placement/types.ts";

/**
 * Reads CPUs, NUMA nodes and guests of a host, for a `Fleet` whose program must not connect to its hosts. Print the
 * result, keep it with the program, and pass it as the host's `cpus`. Host keys are checked and credentials are named
 * as for resources.
 * @param uri libvirt URI of the host
 * @param diskPaths files and block devices whose PCI device's NUMA node is needed
 * @throws HostError when the host can't be read
 */
export async function readHostCpus(uri: string, diskPaths: readonly string[] = []): Promise<HostCpus> {
  const placing = await import("./placing.ts");
  return placing.readHostCpus(uri, diskPaths);
}
