import type { Field, Fields, ValueType } from "../../model/arguments/field.ts";
import { domainSchema } from "../../model/elements/domain/schema.ts";
import type { Change } from "../merge/change.ts";
import { rows } from "./domain.ts";
import { fits } from "./live.ts";

/** The documentation of arguments: the text of their rows, and what a change costs a running guest. */
export function describeFields(fields: Fields, outer: string): Record<string, string> {
  const identifying = identifyingPlaces(outer);
  const told = Object.entries(fields).map(([name, field]) => {
    const price = priceOf(field, placeWithin(outer, field.xml), identifying.includes(field.xml ?? ""));
    return [name, price === "" ? field.description : `${field.description} ${price}`];
  });
  return Object.fromEntries(told);
}

/** Places, relative to the element, that are its identity. */
export function identifyingPlaces(outer: string): readonly string[] {
  return domainSchema.identities[outer]?.places ?? [];
}

/** The place of a field, from `<domain>`. */
export function placeWithin(outer: string, xml: string | undefined): string {
  return [outer, xml ?? ""]
    .flatMap((path) => path.split("/"))
    .filter((word) => word !== "" && word !== ".")
    .join("/");
}

/**
 * What a change of the field costs a running guest. Empty for a field that is not in the XML or replaces the resource,
 * and for an object, whose fields have a price each.
 */
export function priceOf({ type, xml, replaces, cost }: Field, place: string, isIdentity: boolean): string {
  if (cost !== undefined) return `Changing it: ${cost}.`;
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

/** The cost according to the rows in domain.ts. */
function costOf(place: string, kind: Change["kind"]): string {
  const fitting = rows.filter((row) => row.kinds.includes(kind) && fits(row.place, place));
  const special = fitting.find((row) => row.only !== undefined);
  const label = fitting.find((row) => row.only === undefined)?.label;
  const usual = label === "detach" ? "detach, or next boot" : (label ?? "next boot");
  return special ? `${special.label} for ${special.only}, else ${usual}` : usual;
}
