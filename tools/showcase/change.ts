import { setTimeout as pause } from "node:timers/promises";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { virsh } from "../../provider/host/virsh/virsh.ts";
import { type GuestDisk, printGuestDisk } from "../../test/support/guest.ts";

/** Adds IO threads to the running guest. @throws Error with virsh's message */
export async function addThreads(
  connection: Connection,
  name: string,
  ids: readonly number[],
): Promise<void> {
  for (const id of ids) await must(connection, ["iothreadadd", "--domain", name, String(id), "--live"]);
}

/**
 * Detaches a disk from the running guest and attaches it again on the IO thread; `null` means the main loop.
 */
export async function moveDisk(
  connection: Connection,
  name: string,
  disk: GuestDisk,
  ioThread: number | null,
): Promise<void> {
  const device = (verb: string, xml: string): Promise<string> =>
    must(connection, [verb, "--domain", name, "--live", "/dev/stdin"], xml);
  await device("detach-device", printGuestDisk(disk));
  // After 5 s virsh says "detached", whether that is true or not.
  for (const end = Date.now() + 10_000; ; await pause(20)) {
    const live = await must(connection, ["dumpxml", "--domain", name]);
    if (!live.includes(`<target dev='${disk.target}'`)) break;
    if (Date.now() > end) throw new Error(`the guest did not let go ${disk.target} within 10 s`);
  }
  await device("attach-device", printGuestDisk(ioThread === null ? disk : { ...disk, ioThread }));
}

/** Queries the guest's monitor for its counters without a pause while `act` runs. */
export async function whilePolled<T>(
  connection: Connection,
  name: string,
  act: () => Promise<T>,
): Promise<T> {
  let isOver = false;
  const polling = (async () => {
    while (!isOver) await must(connection, ["domstats", "--block", "--vcpu", "--balloon", name]);
  })();
  try {
    return await act();
  } finally {
    isOver = true;
    await polling;
  }
}

async function must(connection: Connection, args: readonly string[], stdin?: string): Promise<string> {
  const [result] = await connection.run([virsh(connection, args, stdin)]);
  if (result?.exitCode !== 0) throw new Error(`virsh ${args.join(" ")}: ${result?.stderr.trim()}`);
  return result.stdout;
}
