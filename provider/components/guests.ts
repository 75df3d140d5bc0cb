import { parseHostUri } from "../host/connection/uri.ts";
import { ownOf } from "../model/table.ts";
import type { FleetArgs, FleetHost, GuestPlace, GuestTemplate } from "./fleetArgs.ts";
import { checkTemplate } from "./shape.ts";

/** A guest of a fleet, with its arguments. */
export interface FleetGuest extends GuestPlace {
  /** Host and guest, such as `hv1/db-0`. */
  readonly key: string;
  readonly args: GuestTemplate;
}

export interface NamedHost extends FleetHost {
  readonly name: string;
}

/** Lists the hosts with their names within the fleet. */
export function nameHosts({ hosts }: FleetArgs, failures: string[]): NamedHost[] {
  if (hosts.length === 0) failures.push("hosts: name at least one host");
  const named = hosts.map((each, index): NamedHost => {
    const host: FleetHost = typeof each === "string" ? { host: each } : each;
    const uri = parseHostUri(host.host);
    if ("failure" in uri) failures.push(`hosts[${index}] ${uri.failure}`);
    const name = host.name ?? ("failure" in uri ? String(index) : (uri.ssh?.hostName ?? "local"));
    if (!/^[A-Za-z0-9_.:-]+$/.test(name))
      failures.push(`hosts[${index}].name "${name}": use letters, digits and ._:- alone`);
    return { ...host, name };
  });
  for (const [index, { name }] of named.entries())
    if (named.findIndex((each) => each.name === name) < index)
      failures.push(`hosts[${index}]: there is a host "${name}" already; give it another name`);
  return named;
}

/** Lists all guests, ordered by host, then by guest. */
export function listGuests(
  fleet: string,
  args: FleetArgs,
  hosts: readonly NamedHost[],
  failures: string[],
): FleetGuest[] {
  const found = hosts.flatMap((each): FleetGuest[] => {
    const wanted = each.guests ?? args.guests ?? 1;
    const names =
      typeof wanted === "number" ? Array.from({ length: wanted }, (_, at) => `${fleet}-${at}`) : wanted;
    for (const name of new Set(names.filter((name, index) => names.indexOf(name) < index)))
      failures.push(`guests of ${each.name}: "${name}" is named twice`);
    return names.map((name, index) => {
      const place = { host: each.host, hostName: each.name, name, index };
      const key = `${each.name}/${name}`;
      const template = typeof args.guest === "function" ? args.guest(place) : args.guest;
      failures.push(...checkTemplate(template, key));
      const own = { ...each.guest, ...ownOf(args.overrides, name), ...ownOf(args.overrides, key) };
      return { ...place, key, args: { ...template, ...own } };
    });
  });
  for (const at of Object.keys(args.overrides ?? {}))
    if (!found.some(({ name, key }) => at === name || at === key))
      failures.push(
        `overrides["${at}"]: there is no such guest; write "${found[0]?.name}" or "${found[0]?.key}"`,
      );
  return found;
}
