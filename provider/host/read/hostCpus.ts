import { parseDistances } from "../../model/values/topology.ts";
import { guestCpus } from "../../plan/cpus/guestCpus.ts";
import type { HostCpus } from "../../plan/cpus/placement/types.ts";
import { topologyOf } from "../../plan/record/record.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import type { Connection } from "../connection/connection.ts";
import { answerError } from "../virsh/errors.ts";
import { askCapabilities, parseCapabilities } from "./capabilities.ts";
import { readHost } from "./read.ts";

/**
 * Finds the NUMA node of the PCI device behind each path: `sh -c … sh SYS PATH…` prints one number per line, -1 when
 * unknown. For a file it uses the device of the file system, for a missing file that of the folder, and for LVM and
 * RAID the first underlying device.
 */
export const diskNodesScript = `
sys=$1; shift
node_of() {
  here=$(readlink -f "$1") || return
  while [ -n "$here" ] && [ "$here" != / ]; do
    if [ -r "$here/numa_node" ]; then read -r node <"$here/numa_node"; printf '%s' "$node"; return; fi
    for part in "$here"/slaves/*; do [ -e "$part" ] && { node_of "$part"; return; }; done
    here=\${here%/*}
  done
}
for path; do
  while [ ! -e "$path" ] && [ "$path" != / ]; do path=$(dirname "$path"); done
  if [ -b "$path" ]; then number=$(stat -L -c '%t:%T' "$path"); else number=$(stat -L -c '%D' "$path"); fi
  case $number in
    *:*) number=$((0x\${number%:*})):$((0x\${number#*:})) ;;
    *) number=$((0x$number >> 8 & 0xfff)):$((0x$number & 0xff | 0x$number >> 12 & 0xfff00)) ;;
  esac
  node=$(node_of "$sys/dev/block/$number")
  echo "\${node:--1}"
done
`;

/**
 * Reads the facts for a placement of IO threads. If the host reports no topology, all CPUs are one node.
 * @throws HostError when the host can't be read.
 */
export async function readHostCpus(
  connection: Connection,
  diskPaths: readonly string[] = [],
): Promise<HostCpus> {
  const { host, domains } = await readHost(connection);
  const paths = [...new Set(diskPaths)];
  const asked = [
    askCapabilities(connection),
    { argv: ["sh", "-c", diskNodesScript, "sh", "/sys", ...paths] },
  ];
  const [told, nodes] = await connection.run(asked, { isRead: true, keepGoing: true });
  const capabilities = told?.exitCode === 0 ? parseCapabilities(connection, told) : null;
  const lines = nodes?.exitCode === 0 ? nodes.stdout.split("\n").slice(0, -1) : [];
  if (nodes?.exitCode === 0 && lines.length !== paths.length)
    throw answerError(
      "can't read the nodes of disks",
      connection.host,
      nodes,
      `${lines.length} of ${paths.length} lines`,
    );
  const known = paths
    .map((path, index) => [path, Number.parseInt(lines[index] ?? "-1", 10)] as const)
    .filter(([, node]) => node >= 0);
  return {
    topology: topologyOf(capabilities, host.onlineCpus),
    distances: capabilities ? parseDistances(capabilities) : {},
    guests: [...domains.values()].map((domain) => {
      const { live, inactive } = treesOf(domain);
      return guestCpus(live ?? inactive, domain.name, live !== null);
    }),
    diskNodes: Object.fromEntries(known),
    libvirtVersion: host.libvirtVersion,
    qemuVersion: host.qemuVersion,
  };
}
