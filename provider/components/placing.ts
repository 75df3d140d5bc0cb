/** Loaded only by programs that use dedicated IO threads, because these imports take long to load. */

import { HostError } from "../errors.ts";
import { connectionTo } from "../host/connections.ts";
import { readHostCpus as read } from "../host/read/hostCpus.ts";
import type { Arguments } from "../model/arguments/field.ts";
import { kinds } from "../model/arguments/kinds.ts";
import { XmlError } from "../model/xml/error.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { parseProfile } from "../plan/activity/profile.ts";
import { declare } from "../plan/arguments/declaration.ts";
import type { Load } from "../plan/cpus/placement/guest.ts";
import { guestToPlace, servedDevices, sourcePathOf, virtioDisksOf } from "../plan/cpus/placement/guest.ts";
import { planPlacement } from "../plan/cpus/placement/plan.ts";
import type { HostCpus, Placement } from "../plan/cpus/placement/types.ts";
import type { DedicatedIoThreads } from "./fleetArgs.ts";
import type { NamedHost } from "./guests.ts";

export interface Placed {
  /** Placements by guest name; `null` when the host can't be read. */
  readonly placements: Readonly<Record<string, Placement>> | null;
  /** Why the host can't be read; `null` when it can. */
  readonly unreachable: string | null;
  /** What is wrong with a guest's arguments; `null` when nothing is. */
  readonly failure: string | null;
}

/** Plans threads for the guests of one host from their plain arguments. */
export async function placeGuests(
  host: NamedHost,
  guests: Readonly<Record<string, Arguments>>,
  wish: DedicatedIoThreads,
): Promise<Placed> {
  const declared = declareAll(host, guests);
  if ("failure" in declared) return { placements: null, unreachable: null, ...declared };
  const load = loadOf(wish);
  if ("failure" in load) return { placements: null, unreachable: null, ...load };
  const paths = declared.domains.flatMap(([, domain]) =>
    virtioDisksOf(domain).flatMap((disk) => sourcePathOf(disk) ?? []),
  );
  const cpus = host.cpus ?? (await readHostCpus(host.host, paths).catch(unreachable));
  if (cpus instanceof HostError) return { placements: null, unreachable: cpus.message, failure: null };
  const toPlace = declared.domains.map(([name, domain]) => guestToPlace(name, domain, cpus, load));
  const ioCpus = host.ioCpus ?? wish.ioCpus ?? null;
  const placements = planPlacement(cpus, toPlace, { ioCpus, maxThreads: wish.maxThreads ?? null });
  return { placements, unreachable: null, failure: null };
}

function loadOf({
  sequential = [],
  expectedDepth = {},
  profiles = [],
}: DedicatedIoThreads): Load | { readonly failure: string } {
  const parsed = profiles.map((each) => parseProfile(JSON.stringify(each)));
  const at = parsed.findIndex((each) => "failure" in each);
  const bad = parsed[at];
  if (bad && "failure" in bad) return { failure: `dedicatedIoThreads.profiles[${at}] ${bad.failure}` };
  return { sequential, expectedDepth, profiles: parsed.flatMap((each) => ("failure" in each ? [] : [each])) };
}

function declareAll(
  { host }: Pick<NamedHost, "host">,
  guests: Readonly<Record<string, Arguments>>,
): { readonly domains: readonly (readonly [string, XmlElement])[] } | { readonly failure: string } {
  try {
    const domains = Object.entries(guests).map(
      ([name, args]) => [name, declare(kinds.Domain, { ...args, host, name })] as const,
    );
    return { domains };
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    return { failure: `xml ${error.message}` };
  }
}

/** A guest of a fleet with its plain arguments. */
interface PlainGuest {
  readonly host: string;
  readonly name: string;
  readonly args: Arguments;
}

/**
 * Says what `sequential` and `expectedDepth` name that no guest has, for example a misspelt target; `null` when there
 * is nothing. It takes the guests of all hosts, because they may have different disks.
 */
export function unknownDevices(
  guests: readonly PlainGuest[],
  { sequential = [], expectedDepth = {} }: DedicatedIoThreads,
): string | null {
  const known = guests.flatMap(({ host, name, args }) => {
    const declared = declareAll({ host }, { [name]: args });
    return "failure" in declared ? [] : declared.domains.flatMap(([, domain]) => servedDevices(domain));
  });
  const names = [...new Set(known.map(({ name }) => name))];
  const have = names.length === 0 ? "they have none" : `they have ${names.join(", ")}`;
  const tell = (property: string, device: string): string[] => {
    if (names.includes(device)) return [];
    const on = known.find(({ targets }) => targets.includes(device));
    if (on)
      return property === "sequential" ? [`${property}: ${device} is on a controller; name ${on.name}`] : [];
    return [
      `${property}: no guest has a virtio disk or virtio-scsi controller ${JSON.stringify(device)}; ${have}`,
    ];
  };
  const failures = [
    ...sequential.flatMap((each) => tell("sequential", each)),
    ...Object.keys(expectedDepth).flatMap((each) => tell("expectedDepth", each)),
  ];
  return failures.length === 0 ? null : failures.map((each) => `dedicatedIoThreads.${each}`).join("\n");
}

/** Reads a host's CPUs. As for resources, host keys are checked and the URI or ~/.ssh/config names the credentials. */
export async function readHostCpus(uri: string, diskPaths: readonly string[] = []): Promise<HostCpus> {
  return read(connectionTo(uri), diskPaths);
}

function unreachable(error: unknown): HostError {
  if (error instanceof HostError) return error;
  throw error;
}
