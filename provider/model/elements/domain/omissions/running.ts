import { table } from "../../../table.ts";
import { attributeOf, childrenOf, valueAt } from "../../../xml/read.ts";
import { deviceFactOf, deviceOf, factOf, type Omission, type Site } from "../../omission.ts";

/** Whether the host's tree is of a running guest: only that has an id. */
export const isRunning = (site: Site): boolean => attributeOf(site.actualTrail[0], "id") !== undefined;

const actualDevice = (site: Site) => site.actualTrail[2] ?? site.actual;

/** Declared policy of a CPU feature → the policy that a running guest shows. */
const outcomes: Readonly<Record<string, RegExp>> = table({
  optional: /^(?:require|disable)$/,
  force: /^require$/,
  forbid: /^disable$/,
});

/** What QEMU 11.1 makes of a 0 (iothread.c): `iothreadset --poll-grow 0` leaves 2 in domstats. QEMU 10.0 leaves 0. */
const pollDefaults = { grow: "2", shrink: "2", weight: "3" };

/** Values that a running guest shows in place of its definition's, with the same meaning. libvirt 9.0.0 and 11.3. */
export const running: readonly Omission[] = [
  {
    id: "running-cpu-mode",
    place: "cpu/@mode",
    kind: "default",
    values: ["host-model"],
    evenOver: true,
    when: (site) => isRunning(site) && site.there === "custom",
    reason: "a running guest has the model and features that its host's CPU came to (qemu_process.c)",
  },
  {
    id: "running-cpu-check",
    place: "cpu/@check",
    kind: "default",
    evenOver: true,
    when: (site) => isRunning(site) && site.there === "full",
    reason: "once it runs, a guest's CPU is to stay exactly as it is",
  },
  {
    id: "running-cpu-minimum",
    place: "cpu/@match",
    kind: "default",
    values: ["minimum"],
    evenOver: true,
    when: (site) => isRunning(site) && site.there === "exact",
    reason: "a running guest has exactly what the minimum came to on its host",
  },
  {
    id: "running-cpu-minimum",
    place: "cpu/model",
    kind: "default",
    evenOver: true,
    when: (site) => isRunning(site) && factOf(site, "cpu/@match") === "minimum",
    reason: "a running guest has exactly what the minimum came to on its host",
  },
  {
    id: "running-cpu-fallback",
    place: "cpu/model/@fallback",
    kind: "default",
    values: ["allow"],
    evenOver: true,
    when: (site) => isRunning(site) && site.there === "forbid",
    reason: "once it runs, a guest's CPU falls back to no other",
  },
  {
    id: "running-cpu-feature",
    place: "cpu/feature/@policy",
    kind: "default",
    values: ["optional", "force", "forbid"],
    evenOver: true,
    when: (site) => isRunning(site) && (outcomes[site.value]?.test(site.there ?? "") ?? false),
    reason: "a running guest has a feature or has it not",
  },
  {
    id: "running-cpu-feature",
    place: "cpu/feature",
    kind: "default",
    when: (site) => isRunning(site) && attributeOf(site.element, "policy") === "optional",
    reason: "a running guest has a feature or has it not",
  },
  {
    id: "running-network",
    place: "devices/interface/@type",
    kind: "default",
    values: ["network"],
    evenOver: true,
    when: (site) => {
      const named = valueAt(site.actual, "source/@network");
      if (!isRunning(site)) return false;
      return named === undefined
        ? site.there === "hostdev"
        : named === valueAt(site.element, "source/@network");
    },
    reason: "a running guest's interface is of the type that its network has (domain_conf.c)",
  },
  ...["network", "portgroup"].map(
    (name): Omission => ({
      id: "running-network",
      place: `devices/interface/source/@${name}`,
      kind: "default",
      when: (site) => isRunning(site) && attributeOf(actualDevice(site), "type") === "hostdev",
      reason: "a running guest's interface is the device that its network gave it (domain_conf.c)",
    }),
  ),
  {
    id: "running-empty-drive",
    place: "devices/disk/driver/@type",
    kind: "default",
    when: (site) =>
      isRunning(site) &&
      /^(?:cdrom|floppy)$/.test(deviceFactOf(site, "@device") ?? "") &&
      childrenOf(actualDevice(site), "source").length === 0 &&
      childrenOf(deviceOf(site) ?? site.element, "source").length === 0,
    reason: "an empty drive of a running guest has no format (9.0.0)",
  },
  ...Object.entries(pollDefaults).map(
    ([name, usual]): Omission => ({
      id: "running-poll-default",
      place: `iothreadids/iothread/poll/@${name}`,
      kind: "default",
      values: /^0+$/,
      evenOver: true,
      when: (site) => isRunning(site) && (site.qemuVersion ?? 0) >= 11_001_000 && site.there === usual,
      reason: "0 asks for QEMU's default, and from QEMU 11.1 on a running guest shows that instead",
    }),
  ),
];
