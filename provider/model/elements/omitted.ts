import { sourcesOfOthers } from "./domain/omissions/characters.ts";
import { devices } from "./domain/omissions/devices.ts";
import { disks } from "./domain/omissions/disks.ts";
import { domains } from "./domain/omissions/domains.ts";
import { emptyElements } from "./domain/omissions/empty.ts";
import { graphics } from "./domain/omissions/graphics.ts";
import { ignoredParts } from "./domain/omissions/ignored.ts";
import { interfaces } from "./domain/omissions/interfaces.ts";
import { partsOfKinds } from "./domain/omissions/kinds.ts";
import { live } from "./domain/omissions/live.ts";
import { machines } from "./domain/omissions/machines.ts";
import { memory } from "./domain/omissions/memory.ts";
import { partsOfOthers } from "./domain/omissions/parts.ts";
import { running } from "./domain/omissions/running.ts";
import type { Omission, Site } from "./omission.ts";
import { isSuperseded } from "./repeated.ts";

/** Everything known of what libvirt does not print, or prints otherwise. */
const omissions: readonly Omission[] = [
  ...live,
  ...running,
  ...domains,
  ...memory,
  ...machines,
  ...disks,
  ...interfaces,
  ...graphics,
  ...devices,
  ...partsOfOthers,
  ...sourcesOfOthers,
  ...partsOfKinds,
  ...ignoredParts,
  ...emptyElements,
];

const tailOf = (place: string) => place.slice(place.lastIndexOf("/") + 1);
const isOpen = ({ place }: Omission) => /(?:^|\/)\*{1,2}$/.test(place);
const open = omissions.filter(isOpen);

const byTail = new Map<string, Omission[]>();
for (const row of omissions.filter((each) => !isOpen(each))) {
  const tail = tailOf(row.place);
  byTail.set(tail, [...(byTail.get(tail) ?? []), row]);
}

/** The row that explains why a declared node is not there as declared; null when none does. */
export function findOmission(site: Site): Omission | null {
  const explains = (row: Omission) => isAt(row, site.place) && holds(row, site);
  return (
    byTail.get(tailOf(site.place))?.find(explains) ??
    open.find(explains) ??
    (isDefaultWord(site) ? defaultWord : null) ??
    (site.there === null && isSuperseded(site.element, site.trail.at(-1), site.place) ? readOnce : null)
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
