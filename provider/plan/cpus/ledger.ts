import { printCpuset } from "../../model/values/cpuset.ts";
import type { Topology } from "../../model/values/topology.ts";
import { nodesOfCpus } from "../../model/values/topology.ts";
import type { GuestCpus } from "./guestCpus.ts";
import { listVcpuPins, type Pin, pinsOf } from "./guestPins.ts";

export type LedgerKind = "overlap" | "cross-node" | "oversubscribed" | "lacking";

/** A finding about how guests share the CPUs of a host. */
export interface LedgerFinding {
  readonly kind: LedgerKind;
  /** The guests concerned, first the one whose pin is in question. */
  readonly guests: readonly string[];
  /** The CPUs concerned. */
  readonly cpus: string;
  readonly message: string;
}

export interface Ledger {
  readonly cpus: number;
  readonly vcpus: number;
  readonly ioThreads: number;
  readonly findings: readonly LedgerFinding[];
}

/**
 * Examines all guests of a host together. A pin to every CPU of the host counts as no pin: libvirt can't remove a
 * live pin, so pinning to all CPUs is how to undo one (measured, 9.0.0). Figures count running guests only.
 */
export function readLedger(topology: Topology, guests: readonly GuestCpus[]): Ledger {
  const nodes = nodesOfCpus(topology);
  const pins = guests.flatMap((guest) => pinsOf(guest)).filter(({ cpus }) => !isEverywhere(cpus, nodes));
  const active = guests.filter((guest) => guest.isActive);
  return {
    cpus: nodes.size,
    vcpus: active.reduce((sum, guest) => sum + guest.vcpus, 0),
    ioThreads: active.reduce((sum, guest) => sum + Object.keys(guest.ioThreads).length, 0),
    findings: [
      ...findLacking(pins, nodes),
      ...findOverlaps(pins),
      ...findOversubscribed(pins),
      ...findCrossNode(pins, nodes),
    ],
  };
}

/** Finds where the IO threads of a guest, in its future form, share CPUs with vCPUs of any guest of the host. */
export function readOverlaps(
  topology: Topology,
  guests: readonly GuestCpus[],
  own: GuestCpus,
): LedgerFinding[] {
  const nodes = nodesOfCpus(topology);
  const asked = pinsOf(own).filter(
    ({ kind, cpus, isOwn }) => kind === "ioThread" && isOwn && !isEverywhere(cpus, nodes),
  );
  const cpus = new Set(asked.flatMap((pin) => pin.cpus));
  if (cpus.size === 0) return [];
  const met = listVcpuPins(guests, own).filter(
    (pin) => pin.cpus.some((cpu) => cpus.has(cpu)) && !isEverywhere(pin.cpus, nodes),
  );
  return findOverlaps([...met, ...asked]);
}

function isEverywhere(cpus: readonly number[], nodes: ReadonlyMap<number, number>): boolean {
  return [...nodes.keys()].every((cpu) => cpus.includes(cpu));
}

function findLacking(pins: readonly Pin[], nodes: ReadonlyMap<number, number>): LedgerFinding[] {
  return pins.flatMap(({ guest, what, cpus }) => {
    const lacking = cpus.filter((cpu) => !nodes.has(cpu));
    if (lacking.length === 0) return [];
    const set = printCpuset(lacking);
    const message = `${what} of ${guest.name} is pinned to CPU ${set}, which the host does not have online`;
    return [{ kind: "lacking", guests: [guest.name], cpus: set, message }];
  });
}

/**
 * Finds IO threads and emulators that are pinned to the same CPU as vCPUs: one finding per thread and guest of the
 * vCPUs. Threads that float over the same set of CPUs give way to each other, so they are no finding.
 */
function findOverlaps(pins: readonly Pin[]): LedgerFinding[] {
  const byCpu = new Map<number, Pin[]>();
  for (const pin of pins.filter(({ kind, isOwn }) => kind === "vcpu" && isOwn))
    for (const cpu of pin.cpus) {
      const there = byCpu.get(cpu);
      if (there) there.push(pin);
      else byCpu.set(cpu, [pin]);
    }
  return pins
    .filter(({ kind, isOwn }) => kind !== "vcpu" && isOwn)
    .flatMap(({ guest, what, cpus }) => {
      const met = new Map<GuestCpus, { cpus: Set<number>; vcpus: Set<string> }>();
      for (const cpu of cpus) {
        for (const vcpu of byCpu.get(cpu) ?? []) {
          const place = met.get(vcpu.guest) ?? { cpus: new Set(), vcpus: new Set() };
          place.cpus.add(cpu);
          place.vcpus.add(vcpu.what.replace("vCPU ", ""));
          met.set(vcpu.guest, place);
        }
      }
      return [...met].map(([other, place]): LedgerFinding => {
        const set = printCpuset([...place.cpus]);
        const vcpus = printCpuset([...place.vcpus].map(Number).sort((a, b) => a - b));
        const whose =
          other === guest ? "its own guest" : `${other.name}${other.isActive ? "" : " (shut off)"}`;
        return {
          kind: "overlap",
          guests: other === guest ? [guest.name] : [guest.name, other.name],
          cpus: set,
          message: `${what} of ${guest.name} shares CPU ${set} with vCPU ${vcpus} of ${whose}`,
        };
      });
    });
}

/**
 * Finds sets of CPUs that more running vCPUs are confined to than the set has CPUs. Of nested sets only the smallest
 * is reported, and sets of the same guests share a finding.
 */
function findOversubscribed(pins: readonly Pin[]): LedgerFinding[] {
  const bySet = new Map<string, Pin[]>();
  for (const pin of pins.filter(({ kind, guest }) => kind === "vcpu" && guest.isActive)) {
    const set = printCpuset(pin.cpus);
    bySet.set(set, [...(bySet.get(set) ?? []), pin]);
  }
  const sets = [...bySet.values()].map((own) => ({ own, cpus: new Set(own[0]?.cpus) }));
  const isWithin = (inner: ReadonlySet<number>, outer: ReadonlySet<number>) =>
    inner.size <= outer.size && [...inner].every((cpu) => outer.has(cpu));
  const told: ReadonlySet<number>[] = [];
  const byGuests = new Map<string, { guests: string[]; vcpus: number; cpus: number[] }>();
  for (const { cpus } of sets.toSorted((a, b) => a.cpus.size - b.cpus.size)) {
    const confined = sets.filter((other) => isWithin(other.cpus, cpus)).flatMap(({ own }) => own);
    if (confined.length <= cpus.size || told.some((each) => isWithin(each, cpus))) continue;
    told.push(cpus);
    const guests = [...new Set(confined.map(({ guest }) => guest.name))];
    const group = byGuests.get(JSON.stringify(guests)) ?? { guests, vcpus: 0, cpus: [] };
    byGuests.set(JSON.stringify(guests), {
      guests,
      vcpus: group.vcpus + confined.length,
      cpus: [...group.cpus, ...cpus],
    });
  }
  return [...byGuests.values()].map(({ guests, vcpus, cpus }) => {
    const set = printCpuset([...new Set(cpus)].sort((a, b) => a - b));
    const message = `${vcpus} vCPUs of ${listed(guests)} share CPU ${set}`;
    return { kind: "oversubscribed", guests, cpus: set, message };
  });
}

/**
 * Finds guests whose vCPUs are on several nodes, and IO threads and emulators on another node than all their guest's
 * vCPUs.
 */
function findCrossNode(pins: readonly Pin[], nodes: ReadonlyMap<number, number>): LedgerFinding[] {
  const nodesOf = (cpus: readonly number[]) =>
    [...new Set(cpus.flatMap((cpu) => nodes.get(cpu) ?? []))].sort((a, b) => a - b);
  const homes = new Map<GuestCpus, Set<number>>();
  for (const { guest, kind, cpus } of pins) {
    if (kind !== "vcpu") continue;
    const home = homes.get(guest) ?? new Set();
    for (const node of nodesOf(cpus)) home.add(node);
    homes.set(guest, home);
  }
  const finding = (guest: GuestCpus, cpus: readonly number[], message: string): LedgerFinding => ({
    kind: "cross-node",
    guests: [guest.name],
    cpus: printCpuset([...new Set(cpus)].sort((a, b) => a - b)),
    message,
  });
  const scattered = [...homes].flatMap(([guest, home]) =>
    home.size > 1 && guest.numaCells < 2
      ? [
          finding(
            guest,
            pins.filter((pin) => pin.guest === guest && pin.kind === "vcpu").flatMap(({ cpus }) => cpus),
            `vCPUs of ${guest.name} lie on nodes ${[...home].sort((a, b) => a - b).join(" and ")}, and the guest has no NUMA topology of its own`,
          ),
        ]
      : [],
  );
  const away = pins.flatMap(({ guest, kind, what, cpus }) => {
    const home = homes.get(guest);
    const own = nodesOf(cpus);
    if (kind === "vcpu" || !home || own.length === 0 || own.some((node) => home.has(node))) return [];
    const at = `${own.length > 1 ? "nodes" : "node"} ${own.join(" and ")}`;
    return [
      finding(
        guest,
        cpus,
        `${what} of ${guest.name} is on ${at}, its vCPUs on node ${[...home].join(" and ")}`,
      ),
    ];
  });
  return [...scattered, ...away];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
