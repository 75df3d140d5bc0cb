import { parseCpuset } from "../../model/values/cpuset.ts";
import type { GuestCpus } from "./guestCpus.ts";

/** The CPUs that one thread of a guest may run on. */
export interface Pin {
  readonly guest: GuestCpus;
  /** The thread: `vCPU 0`, `IO thread 1`, `emulator`. */
  readonly what: string;
  readonly kind: "vcpu" | "ioThread" | "emulator";
  readonly cpus: readonly number[];
  /** Whether the thread has its own pin; false if it uses the set that all threads of the guest share. */
  readonly isOwn: boolean;
}

export function pinsOf(guest: GuestCpus): Pin[] {
  const pin = (kind: Pin["kind"], what: string, own: string | null | undefined): Pin[] => {
    const cpus = parseCpuset(own ?? guest.cpuset ?? "");
    return cpus ? [{ guest, kind, what, cpus, isOwn: typeof own === "string" }] : [];
  };
  const vcpus = Array.from({ length: guest.vcpus }, (_, id) => id);
  return [
    ...vcpus.flatMap((id) => pin("vcpu", `vCPU ${id}`, guest.vcpuPins[id])),
    ...pin("emulator", "emulator", guest.emulatorPin),
    ...Object.entries(guest.ioThreads).flatMap(([id, cpus]) => pin("ioThread", `IO thread ${id}`, cpus)),
  ];
}

const countThreads = ({ isActive, ioThreads }: GuestCpus) => (isActive ? Object.keys(ioThreads).length : 0);

const vcpuPinsOf = (guest: GuestCpus): Pin[] =>
  Object.keys(guest.vcpuPins).length === 0
    ? []
    : pinsOf(guest).filter(({ kind, isOwn }) => kind === "vcpu" && isOwn);

/**
 * Whether a guest can matter to checks of other guests, by the text of its XML. False only if it has no running IO
 * thread and no pinned vCPU. This saves parsing most guests of a host.
 */
export function mayCount(xml: string, isActive: boolean): boolean {
  return xml.includes("<vcpupin") || (isActive && xml.includes("<iothread"));
}

interface Crowd {
  readonly byName: ReadonlyMap<string, GuestCpus>;
  readonly ioThreads: number;
  readonly vcpuPins: readonly Pin[];
}

/** Cache: every domain of a host is compared with all guests there, so these are read once. */
const crowds = new WeakMap<readonly GuestCpus[], Crowd>();

function crowdOf(guests: readonly GuestCpus[]): Crowd {
  const found = crowds.get(guests) ?? {
    byName: new Map(guests.map((guest) => [guest.name, guest])),
    ioThreads: guests.reduce((sum, guest) => sum + countThreads(guest), 0),
    vcpuPins: guests.flatMap(vcpuPinsOf),
  };
  crowds.set(guests, found);
  return found;
}

/** Counts the IO threads of all running guests of a host, with `own` in its future form. */
export function countIoThreads(guests: readonly GuestCpus[], own: GuestCpus): number {
  const { byName, ioThreads } = crowdOf(guests);
  const before = byName.get(own.name);
  return ioThreads - (before ? countThreads(before) : 0) + countThreads(own);
}

/** Lists the vCPUs with a pin of their own of all guests of a host, with `own` in its future form. */
export function listVcpuPins(guests: readonly GuestCpus[], own: GuestCpus): Pin[] {
  const others = crowdOf(guests).vcpuPins.filter(({ guest }) => guest.name !== own.name);
  return [...others, ...vcpuPinsOf(own)];
}
