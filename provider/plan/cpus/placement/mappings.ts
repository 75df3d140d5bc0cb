import { counted } from "../../../model/values/counted.ts";
import { printVersion } from "../../../model/values/version.ts";
import { listFeatures } from "../../checks/features.ts";
import type { Reason } from "./rules.ts";
import { reason } from "./rules.ts";
import type { DeviceToPlace, GuestToPlace, HostCpus, QueueMapping } from "./types.ts";

type Versions = Pick<HostCpus, "libvirtVersion" | "qemuVersion">;

/** Threads of a guest: those that its devices have, the most that it may have, and why no more. */
interface Bound {
  readonly own: number;
  readonly cap: number;
  readonly why: string;
}

interface Mappings {
  readonly mappings: Readonly<Record<string, QueueMapping>>;
  readonly reasons: readonly Reason[];
}

/**
 * Gives each busy device of several queues a second thread while threads are left, by rule P3. The further threads
 * come after those that the devices have. A third one is not worth it: it brings little and costs as much CPU.
 */
export function planMappings(
  guest: GuestToPlace,
  devices: readonly DeviceToPlace[],
  threads: ReadonlyMap<string, number>,
  { own, cap, why }: Bound,
  host: Versions,
): Mappings {
  const mappings: Record<string, QueueMapping> = {};
  let last = own;
  const reasons = devices.flatMap((device): Reason[] => {
    const { name, busy } = device;
    const queues = device.queues ?? guest.vcpus;
    if (!busy) return own < cap && (device.queues ?? 1) > 1 ? [suggestion(name, device.queues ?? 1)] : [];
    const load = `${name} (${Math.round(busy.inFlight)} requests in flight by ${busy.by === "profile" ? "its profile" : "expectedDepth"})`;
    const obstacle = lacking(name, host) ?? (queues < 2 ? "it has one queue" : null);
    if (obstacle !== null) return [reason("P3", `${load}: one thread, ${obstacle}`)];
    if (last >= cap) return [reason("P3", `${load}: one thread, none is left: ${why}`)];
    const ids = [threads.get(name) ?? 1, ++last];
    mappings[name] = { ioThreads: ids, queues };
    return [reason("P3", `${load}: its ${queues} queues on IO threads ${ids.join(" and ")}`)];
  });
  return { mappings, reasons };
}

function suggestion(name: string, queues: number): Reason {
  return reason(
    "P3",
    `${name} has ${counted(queues, "queue")} and one thread; if it is busy, say so by expectedDepth or a profile`,
  );
}

/** Why the host can't map the device's queues; `null` when it can. */
function lacking(name: string, { libvirtVersion: libvirt, qemuVersion: qemu }: Versions): string | null {
  if (libvirt === undefined || qemu === undefined)
    return "the host's versions are not known: read its CPUs again (cpus)";
  const key = name.startsWith("scsi ") ? "controllerIoThreads" : "diskIoThreads";
  const feature = listFeatures(libvirt, qemu).find((each) => each.key === key);
  if (!feature || feature.isThere) return null;
  return `several need ${feature.needs}, the host has ${printVersion(libvirt)} and ${printVersion(qemu)}`;
}
