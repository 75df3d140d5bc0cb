import * as pulumi from "@pulumi/pulumi";
import { ownOf } from "../model/table.ts";
import type { Placement } from "../plan/cpus/placement/types.ts";
import type { DedicatedIoThreads, FleetArgs, GuestTemplate } from "./fleetArgs.ts";
import type { FleetGuest, NamedHost } from "./guests.ts";
import { FleetStep } from "./step.ts";

type Plain = pulumi.Unwrap<GuestTemplate>;

/** The arguments of guests with IO threads for their disks, and the placement of these threads by `hv1/db-0`. */
export interface Dedicated {
  readonly args: ReadonlyMap<FleetGuest, GuestTemplate>;
  readonly placement: pulumi.Output<Record<string, Placement>>;
}

/** Plans the threads of all guests, per host. The state keeps each host's plan for runs that can't read the host. */
export function dedicateIoThreads(
  fleet: pulumi.ComponentResource,
  name: string,
  { dedicatedIoThreads }: FleetArgs,
  hosts: readonly NamedHost[],
  guests: readonly FleetGuest[],
): Dedicated {
  const wish = typeof dedicatedIoThreads === "object" ? dedicatedIoThreads : {};
  refuseUnknownDevices(fleet, wish, guests);
  const args = new Map<FleetGuest, GuestTemplate>();
  const placements = hosts.map((host) => {
    const own = guests.filter(({ hostName }) => hostName === host.name);
    const given = own.map((guest) => pulumi.output(guest.args));
    const placed = pulumi.all(given).apply(async (all) => {
      const plain = Object.fromEntries(own.map(({ name }, index) => [name, all[index] as Plain]));
      const { placeGuests } = await import("./placing.ts");
      const { placements, unreachable, failure } = await placeGuests(host, plain, wish);
      // Log instead of throwing: an error in the log fails the update, and a throw here hangs an Automation API
      // program.
      if (failure !== null) await pulumi.log.error(`${host.name}: ${failure}`, fleet);
      if (unreachable !== null)
        await pulumi.log.warn(`${unreachable}\nIO threads stay where the last run placed them`, fleet);
      return placements;
    });
    // The plan holds names of disks, ids and CPUs. It is not secret, even if the guests' arguments are.
    const step = new FleetStep(
      "HostPlacement",
      `${name}-${host.name}`,
      // The handler needs the name for its messages. Only the handler knows where the last run placed the threads.
      { host: host.host, hostName: host.name, placements: pulumi.unsecret(placed) },
      { parent: fleet },
    );
    const kept = (step as unknown as { placements: pulumi.Output<Record<string, Placement> | undefined> })
      .placements;
    // Warn once per host, not per guest.
    kept.apply((all) => {
      if (!all && own.length > 0)
        void pulumi.log.warn(`${host.name}: no IO threads, the host could not be read yet`, fleet);
    });
    for (const guest of own) args.set(guest, layThreads(guest, kept, wish, fleet));
    return kept.apply((all) =>
      Object.fromEntries(
        own.flatMap(({ key, name }) => {
          const found = ownOf(all, name);
          return found ? [[key, found]] : [];
        }),
      ),
    );
  });
  const placement = pulumi
    .all(placements)
    .apply(
      (all): Record<string, Placement> => Object.fromEntries(all.flatMap((each) => Object.entries(each))),
    );
  return { args, placement };
}

function refuseUnknownDevices(
  fleet: pulumi.ComponentResource,
  wish: DedicatedIoThreads,
  guests: readonly FleetGuest[],
): void {
  const { sequential = [], expectedDepth = {} } = wish;
  if (sequential.length + Object.keys(expectedDepth).length === 0) return;
  pulumi.all(guests.map((guest) => pulumi.output(guest.args))).apply(async (all) => {
    const { unknownDevices } = await import("./placing.ts");
    const plain = guests.map(({ host, name }, index) => ({ host, name, args: all[index] as Plain }));
    const failure = unknownDevices(plain, wish);
    if (failure !== null) await pulumi.log.error(failure, fleet);
  });
}

/**
 * Adds the threads to a guest's arguments. Each argument stays a separate input, so that a preview names what
 * changes.
 */
function layThreads(
  guest: FleetGuest,
  placements: pulumi.Output<Record<string, Placement> | undefined>,
  wish: DedicatedIoThreads,
  fleet: pulumi.Resource,
): GuestTemplate {
  const { args, key, name } = guest;
  const both = pulumi.all([pulumi.output(args), placements]).apply(([plain, all]) => {
    const own = ownThreadsOf(plain as Plain);
    if (own.length > 0) void pulumi.log.error(contradiction(key, own), fleet);
    const placement = ownOf(all, name);
    return withThreads(plain as Plain, placement ?? null, wish);
  });
  const property = <K extends keyof Plain>(each: K) => both.apply((made) => made[each]);
  return {
    ...args,
    ioThreads: property("ioThreads"),
    cpuTune: property("cpuTune"),
    disks: property("disks"),
    controllers: property("controllers"),
  } as GuestTemplate;
}

/** Names the arguments by which the program declares threads itself, if their values are plain. */
export function ownThreadsOf({ ioThreads, cpuTune, disks, controllers }: GuestTemplate | Plain): string[] {
  const isServed = (device: unknown): boolean =>
    ["ioThread", "ioThreads"].some(
      (name) => (device as Record<string, unknown> | null)?.[name] !== undefined,
    );
  const listed = (devices: unknown): boolean => Array.isArray(devices) && devices.some(isServed);
  return [
    ...(ioThreads === undefined ? [] : ["ioThreads"]),
    ...((cpuTune as Plain["cpuTune"])?.ioThreadPins === undefined ? [] : ["cpuTune.ioThreadPins"]),
    ...(listed(disks) ? ["disks[].ioThread"] : []),
    ...(listed(controllers) ? ["controllers[].ioThread"] : []),
  ];
}

export function contradiction(key: string, own: readonly string[]): string {
  return `${key}: ${own.join(", ")} and dedicatedIoThreads contradict each other; leave one out`;
}

/** Adds the threads. A device that is declared in `xml` gets a typed entry for its target, which extends the XML. */
export function withThreads(
  plain: Plain,
  placement: Placement | null,
  { pollMaxNs }: DedicatedIoThreads,
): Plain {
  if (!placement || placement.ioThreads.length === 0) return plain;
  const { devices, ioThreads } = placement;
  const server = (device: string): Server | undefined => serverOf(placement, device);
  const polling = pollMaxNs === undefined ? {} : { pollMaxNs };
  const pins = ioThreads.flatMap(({ id, cpuset }) => (cpuset === null ? [] : [{ ioThread: id, cpuset }]));
  const disks = [...(plain.disks ?? [])].map((disk) => ({ ...disk, ...server(disk.target) }));
  const controllers = [...(plain.controllers ?? [])].map((each) =>
    each.type === "scsi" ? { ...each, ...server(`scsi ${each.index}`) } : each,
  );
  const isTyped = (device: string): boolean =>
    disks.some(({ target }) => target === device) ||
    controllers.some(({ type, index }) => type === "scsi" && `scsi ${index}` === device);
  for (const device of Object.keys(devices).filter((each) => !isTyped(each))) {
    const index = /^scsi (\d+)$/.exec(device)?.[1];
    if (index === undefined) disks.push({ target: device, ...server(device) });
    else controllers.push({ type: "scsi", index: Number(index), ...server(device) });
  }
  return {
    ...plain,
    ioThreads: ioThreads.map(({ id }) => ({ id, ...polling })),
    ...(pins.length > 0 ? { cpuTune: { ...plain.cpuTune, ioThreadPins: pins } } : {}),
    ...(disks.length > 0 ? { disks } : {}),
    ...(controllers.length > 0 ? { controllers } : {}),
  };
}

/** The arguments that give a device its thread or threads. */
interface Server {
  readonly ioThread?: number;
  readonly ioThreads?: { id: number }[];
  readonly queues?: number;
}

function serverOf({ devices, mappings = {} }: Placement, device: string): Server | undefined {
  const mapping = ownOf(mappings, device);
  if (mapping) return { ioThreads: mapping.ioThreads.map((id) => ({ id })), queues: mapping.queues };
  const ioThread = ownOf(devices, device);
  return ioThread === undefined ? undefined : { ioThread };
}
