import type { Field, Fields, ValueType } from "../../model/arguments/field.ts";
import { domainSchema } from "../../model/elements/domain/schema.ts";
import type { Change } from "../merge/change.ts";
import { rows } from "./domain.ts";
import { fits } from "./live.ts";

/** All that people should know of arguments: what their rows say, and what changing one costs a running guest. */
export function describeFields(fields: Fields, outer: string): Record<string, string> {
  const identifying = identifyingPlaces(outer);
  const told = Object.entries(fields).map(([name, field]) => {
    const price = priceOf(field, placeWithin(outer, field.xml), identifying.includes(field.xml ?? ""));
    return [name, price === "" ? field.description : `${field.description} ${price}`];
  });
  return Object.fromEntries(told);
}

/** Places that tell elements apart, from the element itself. */
export function identifyingPlaces(outer: string): readonly string[] {
  return domainSchema.identities[outer]?.places ?? [];
}

/** Where a field stands, from `<domain>`. */
export function placeWithin(outer: string, xml: string | undefined): string {
  return [outer, xml ?? ""]
    .flatMap((path) => path.split("/"))
    .filter((word) => word !== "" && word !== ".")
    .join("/");
}

/** Empty for what is no part of the XML, what makes a new resource, and objects: their parts have a price each. */
export function priceOf({ type, xml, replaces }: Field, place: string, isIdentity: boolean): string {
  if (xml === undefined || replaces || type.kind === "object") return "";
  if (isIdentity) return "Another value means another one.";
  if (!isList(type)) return `Changing it: ${costOf(place, "change")}.`;
  const [adding, removing] = [costOf(place, "add"), costOf(place, "remove")];
  return adding === removing
    ? `Adding or removing one: ${adding}.`
    : `Adding one: ${adding}; removing one: ${removing}.`;
}

function isList({ kind }: ValueType): boolean {
  return kind === "list" || kind === "countOrList";
}

/** By the table of what libvirt can do to a running guest. */
function costOf(place: string, kind: Change["kind"]): string {
  const fitting = rows.filter((row) => row.kinds.includes(kind) && fits(row.place, place));
  const special = fitting.find((row) => row.only !== undefined);
  const label = fitting.find((row) => row.only === undefined)?.label;
  const usual = label === "detach" ? "detach, or next boot" : (label ?? "next boot");
  return special ? `${special.label} for ${special.only}, else ${usual}` : usual;
}
