import { join } from "node:path";
import { sharedFolder } from "../folders.ts";
import { withLock } from "../lock.ts";
import { Problem } from "../problem.ts";
import { mustRun, run } from "../run.ts";

/** Both ends of the cable between the machine and a host. */
export interface Link {
  /** Name of the machine's end; it goes when either end goes. */
  readonly name: string;
  readonly machine: string;
  readonly host: string;
}

/**
 * Lays a cable from the machine to the network namespace of `pid`, named `name`, with the first free pair of
 * addresses from 198.18.0.0/16: those are for tests of devices (RFC 2544), so that no network uses them.
 */
export async function layLink(name: string, pid: number): Promise<Link> {
  return withLock(join(sharedFolder, "network.lock"), async () => {
    const used = new Set((await mustRun(["ip", "-o", "-4", "addr", "show"])).match(/198\.18\.\d+\.\d+/g));
    const free = Array.from({ length: 16384 }, (_, index) => addresses(index)).find(
      (pair) => !used.has(pair.machine),
    );
    if (!free) throw new Problem("198.18.0.0/16 has no free address", "see ip addr");
    await mustRun(["ip", "link", "add", name, "type", "veth", "peer", "name", "eth0", "netns", String(pid)]);
    await raise([], free.machine, name);
    await raise(["nsenter", `--target=${pid}`, "--net"], free.host, "eth0");
    return { name, ...free };
  });
}

/** One that is not there is fine. */
export async function removeLink(name: string): Promise<void> {
  await run(["ip", "link", "del", name]);
}

function addresses(index: number): { readonly machine: string; readonly host: string } {
  const at = (offset: number): string => `198.18.${index >> 6}.${((index & 63) << 2) + offset}`;
  return { machine: at(1), host: at(2) };
}

async function raise(within: readonly string[], address: string, device: string): Promise<void> {
  await mustRun([...within, "ip", "addr", "add", `${address}/30`, "dev", device]);
  await mustRun([...within, "ip", "link", "set", device, "up"]);
}
