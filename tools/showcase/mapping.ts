import type { GuestDisk } from "../../test/support/guest.ts";
import { addThreads, moveDisk } from "./change.ts";
import type { Look, Stage } from "./look.ts";

const queues = 4;

/** How a busy disk with several queues is served. The quiet disk has thread 5 in all but the first. */
const services: readonly { readonly state: string; readonly busy: Partial<GuestDisk> }[] = [
  { state: "main loop", busy: {} },
  { state: "1 thread", busy: { ioThreads: [1] } },
  { state: "2 threads", busy: { ioThreads: [1, 2] } },
  { state: "4 threads", busy: { ioThreads: [1, 2, 3, 4] } },
];

const depths = [1, 64];

/**
 * Looks at a busy disk with four queues on the main loop and on 1, 2 and 4 threads, with 1 and 64 requests in
 * flight, beside a quiet disk. Needs iothread mappings: libvirt 10.0, QEMU 9.0.
 */
export async function lookAtMappings(
  { guest, connection, watch }: Stage,
  quiet: GuestDisk,
  busy: GuestDisk,
): Promise<readonly Look[]> {
  await addThreads(connection, guest.name, [1, 2, 3, 4, 5]);
  const looks: Look[] = [];
  for (const { state, busy: service } of services) {
    await moveDisk(connection, guest.name, { ...busy, ...service, queues }, null);
    if (state === "1 thread") await moveDisk(connection, guest.name, quiet, 5);
    for (const depth of depths) {
      await guest.console.set(`depth=0 disk.${quiet.name}=1 disk.${busy.name}=${depth}`);
      looks.push(await watch(`${state}, depth ${depth}`));
    }
  }
  return looks;
}

/** Prints how many requests per second the busy disk does with each number of threads, against one thread. */
export function printGains(looks: readonly Look[], busy: GuestDisk): string[] {
  const rate = (state: string): number => {
    const disk = looks.find((each) => each.state === state)?.disks.find((each) => each.disk === busy.name);
    if (!disk) throw new Error(`the busy disk was not seen on ${state}`);
    return disk.requestsPerSecond;
  };
  return depths.map((depth) => {
    const one = rate(`1 thread, depth ${depth}`);
    const gains = services
      .filter(({ state }) => state !== "1 thread")
      .map(({ state }) => `${state} ×${(rate(`${state}, depth ${depth}`) / one).toFixed(2)}`);
    return `busy disk, depth ${depth}, IO/s against 1 thread: ${gains.join(", ")}`;
  });
}
