import { objects } from "../../provider/model/objects.ts";
import { parseTopology } from "../../provider/model/values/topology.ts";
import { parseXml } from "../../provider/model/xml/parse.ts";
import { lintDomain } from "../../provider/plan/checks/lint.ts";
import { guestCpus } from "../../provider/plan/cpus/guestCpus.ts";
import { planDomain } from "../../provider/plan/plan.ts";
import { errorRecord, hostRecord, planRecord } from "../../provider/plan/record/record.ts";
import type { PlanRecord } from "../../provider/plan/record/types.ts";
import type { GuestShape } from "./guest.ts";
import { printGuest } from "./guest.ts";
import type { Scenario } from "./scenarios.ts";
import { scenarios } from "./scenarios.ts";

const roles = ["web", "db", "queue", "cache", "build"];

/** NUMA nodes and CPUs per node, assigned to the hosts in turn. */
const machines = [
  { nodes: 2, cpus: 48 },
  { nodes: 1, cpus: 64 },
  { nodes: 4, cpus: 24 },
];

/**
 * Makes the records of an invented fleet with the provider's own plan, lints and ledger. The seventh host
 * does not answer.
 */
export function exampleRecords(hosts: number, guests: number): PlanRecord[] {
  return Array.from({ length: hosts }, (_, index) => index).flatMap((index) => hostRecords(index, guests));
}

function hostRecords(index: number, count: number): PlanRecord[] {
  const host = `qemu+ssh://root@hv${String(index + 1).padStart(2, "0")}/system`;
  const machine = machines[index % machines.length] ?? { nodes: 1, cpus: 64 };
  const made = Array.from({ length: count }, (_, guest) => makeGuest(index, guest, count, machine));
  if (index === 6) {
    return made.map(({ shape }) =>
      errorRecord({
        host,
        object: { kind: "domain", name: shape.name },
        domain: shape.name,
        resource: { kind: "Domain", key: null },
        isUnreachable: true,
        message: "can't connect on hv07: no answer within 10 s; its guests are taken as they were recorded",
      }),
    );
  }
  const total = machine.nodes * machine.cpus;
  const onlineCpus = Array.from({ length: total }, (_, cpu) => cpu);
  const capabilities = parseXml(printCapabilities(machine));
  const topology = parseTopology(capabilities, onlineCpus) ?? { nodes: [] };
  const [libvirtVersion, qemuVersion] = index % 4 === 3 ? [8_000_000, 6_002_000] : [10_000_000, 8_002_002];
  const all = made.map(({ shape, scenario, xml }) => ({
    name: shape.name,
    isActive: scenario.isActive ?? true,
    xml,
  }));
  const cpus = all.map(({ name, isActive, xml }) => guestCpus(xml, name, isActive));
  const read = hostRecord({ host, libvirtVersion, qemuVersion, onlineCpus, capabilities, guests: all });
  const resources = made.map(({ shape, scenario, xml }) => {
    const desired = parseXml(`<domain>${scenario.desired?.(shape) ?? ""}</domain>`);
    const live = scenario.isActive === false ? null : xml;
    const situation = { inactive: xml, live, libvirtVersion, onlineCpus };
    const plan = planDomain(null, desired, situation);
    const definition = plan.define ?? xml;
    return planRecord({
      object: objects.domain,
      host,
      virshUri: "qemu:///system",
      domain: shape.name,
      resource: { kind: "Domain", key: null },
      situation,
      plan,
      lints: lintDomain(
        { name: shape.name, definition, live },
        {
          libvirtVersion,
          qemuVersion,
          topology,
          guests: cpus,
        },
      ),
      ...(scenario.labels && { labels: scenario.labels }),
      ...(scenario.extra && { extra: scenario.extra(shape.name) }),
    });
  });
  return [read, ...resources];
}

function makeGuest(host: number, guest: number, count: number, machine: { nodes: number; cpus: number }) {
  const scenario = pick(host, guest, count);
  const role = roles[guest % roles.length] ?? "web";
  const vcpus = guest % 5 === 4 ? 2 : 4;
  // vCPUs use the lowest CPUs of each node; the last ones are reserved for IO threads.
  const reserved = machine.cpus >= 48 ? 8 : 4;
  const usable = machine.cpus - reserved;
  const places = Array.from({ length: vcpus }, (_, vcpu) => (guest * 4 + vcpu) % (usable * machine.nodes));
  const node = Math.floor((places[0] ?? 0) / usable);
  const top = (node + 1) * machine.cpus - 1;
  const base: GuestShape = {
    name: `${role}-${String(host * count + guest + 1).padStart(3, "0")}`,
    index: host * count + guest + 1,
    memoryMiB: 1024 * (4 + (guest % 4) * 4),
    vcpus,
    vcpuCpus: places.map((place) => Math.floor(place / usable) * machine.cpus + (place % usable)),
    ...(guest % 3 === 0 && { emulatorCpus: `${top - reserved + 1}` }),
    ioThreads: [
      `${top - 3 + (guest % 4)}`,
      reserved === 4 ? `${top - 3}` : `${top - reserved + 1}-${top - 4}`,
    ],
    disks: [
      { target: "vda", driver: "io='native' iothread='1'" },
      { target: "vdb", driver: "io='native' iothread='2'" },
    ],
  };
  const shape = { ...base, ...scenario.shape?.(base, `${node * machine.cpus}-${top - reserved}`) };
  return { shape, scenario, xml: parseXml(printGuest(shape)) };
}

/**
 * Chooses a scenario. About every fifth guest differs from its declaration, and consecutive hosts get other
 * scenarios.
 */
function pick(host: number, guest: number, count: number): Scenario {
  const [usual, ...others] = scenarios;
  if ((guest * 7 + host * 3) % 5 > 0) return usual;
  return others[(host * Math.ceil(count / 5) + Math.floor(guest / 5)) % others.length] ?? usual;
}

function printCapabilities({ nodes, cpus }: { nodes: number; cpus: number }): string {
  const cell = (id: number) => {
    const each = Array.from({ length: cpus }, (_, at) => id * cpus + at);
    const list = each.map(
      (cpu) =>
        `<cpu id='${cpu}' socket_id='${id}' die_id='0' core_id='${cpu >> 1}' siblings='${cpu & ~1}-${cpu | 1}'/>`,
    );
    return `<cell id='${id}'><memory unit='KiB'>${128 * 1024 ** 2}</memory><cpus num='${cpus}'>${list.join("")}</cpus></cell>`;
  };
  const cells = Array.from({ length: nodes }, (_, id) => cell(id)).join("");
  return `<capabilities><host><topology><cells num='${nodes}'>${cells}</cells></topology></host></capabilities>`;
}
