import type { Connection } from "../../provider/host/connection/connection.ts";

/**
 * Returns the same UUID in each libvirt. A test driver invents a new UUID each time for a guest without one.
 */
export function guestUuid(guest: number): string {
  return `5bd1e995-0000-4000-8000-${String(guest).padStart(12, "0")}`;
}

/**
 * Prints a guest as the measured program declares it. `runState` is for libvirt's test driver: 5 means off.
 */
export function guestXml(
  guest: number,
  type: "qemu" | "test",
  [data, log]: readonly [string, string],
  runState = "",
): string {
  const disk = (target: string, file: string, thread: number) =>
    `<disk type='file' device='disk'><driver name='qemu' type='raw' cache='none' io='native' iothread='${thread}'/>` +
    `<source file='${file}'/><target dev='${target}' bus='virtio'/></disk>`;
  const name = `<name>bench-${guest}</name><uuid>${guestUuid(guest)}</uuid>`;
  const pins = "<iothreadpin iothread='1' cpuset='0'/><iothreadpin iothread='2' cpuset='0-1'/>";
  const devices = `${disk("vda", data, 1)}${disk("vdb", log, 2)}`;
  return `<domain type='${type}' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>${name}<memory unit='MiB'>256</memory><vcpu>2</vcpu><iothreads>2</iothreads><cputune>${pins}</cputune><os><type>hvm</type></os><devices>${devices}</devices>${runState}</domain>`;
}

/** Defines guests in one round trip, without the engine. @throws Error with virsh's message */
export async function defineGuests(
  connection: Connection,
  images: readonly [string, string],
  guests: number,
): Promise<void> {
  const xml = Array.from({ length: guests }, (_, guest) => guestXml(guest, "qemu", images));
  const script = `d=$(mktemp -d) i=0
while IFS= read -r line; do printf '%s' "$line" >"$d/$i.xml"; all="$all define $d/$i.xml;" i=$((i + 1)); done
virsh -c "$1" "$all" >/dev/null; status=$?; rm -r "$d"; exit $status`;
  const [made] = await connection.run([
    { argv: ["sh", "-c", script, "sh", connection.virshUri], stdin: xml.join("\n"), timeoutSeconds: 600 },
  ]);
  if (made?.exitCode !== 0) throw new Error(`defining ${guests} guests: ${made?.stderr}`);
}
