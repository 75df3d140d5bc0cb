import type { Omission, Site } from "./omission.ts";
import { tailOf } from "./omission.ts";
import { isSuperseded } from "./repeated.ts";
import type { Schema } from "./schema.ts";

/** The row that explains why the host lacks a declared node or has another value; null when none does. */
export function findOmission(schema: Schema, site: Site): Omission | null {
  const explains = (row: Omission) => isAt(row, site.place) && holds(row, site);
  return (
    schema.omissions.byTail.get(tailOf(site.place))?.find(explains) ??
    schema.omissions.open.find(explains) ??
    (isDefaultWord(site) ? defaultWord : null) ??
    (site.there === null && isSuperseded(schema, site.element, site.trail.at(-1), site.place)
      ? readOnce
      : null)
  );
}

function isAt(row: Omission, place: string): boolean {
  if (row.place.endsWith("/**")) return place.startsWith(row.place.slice(0, -2));
  if (row.place.startsWith("**/")) return `/${place}`.endsWith(row.place.slice(2));
  if (row.place.startsWith("devices/*/"))
    return place.startsWith("devices/") && place.slice(place.indexOf("/", 8)) === row.place.slice(9);
  if (row.place.endsWith("*"))
    return !place.includes("@") && place.slice(0, place.lastIndexOf("/") + 1) === row.place.slice(0, -1);
  return place === row.place;
}

function holds(row: Omission, site: Site): boolean {
  if (site.there !== null && !row.evenOver) return false;
  if (
    row.values instanceof RegExp
      ? !row.values.test(site.value)
      : row.values && !row.values.includes(site.value)
  ) {
    return false;
  }
  return row.when?.(site) ?? true;
}

const wordsForNothing: ReadonlySet<string> = new Set(["default", ""]);

const defaultWord: Omission = {
  id: "default-word",
  place: "**",
  kind: "default",
  reason: "libvirt has the word for what silence says and never prints it",
};

const readOnce: Omission = {
  id: "read-once",
  place: "**",
  kind: "dropped",
  reason: "libvirt reads one of them only",
};

function isDefaultWord(site: Site): boolean {
  return site.there === null && wordsForNothing.has(site.value) && site.place.includes("/@");
}

const newerThanHost: Omission = {
  id: "newer-than-host",
  place: "**",
  kind: "dropped",
  reason: "the host's libvirt is too old to know it (9.0.0)",
};

/** The row that says that this version of libvirt does not know the place; null when it may know it. */
export function findNewer(
  { newer }: Schema,
  site: Site,
  libvirtVersion: number | undefined,
): Omission | null {
  const isOld = libvirtVersion !== undefined && libvirtVersion > 0 && libvirtVersion <= newer.upTo;
  return isOld && site.there === null && newer.places.has(site.place) ? newerThanHost : null;
}
