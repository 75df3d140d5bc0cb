import { printBytes } from "../../model/values/units.ts";

/** What `qemu-img info --output=json` says of an image. */
export type ImageFacts = Readonly<Record<string, unknown>>;

/** Why a fetched image must not be used; `null` when it may be. A backing or data file would let it read any other. */
export function whyNotUsable(
  facts: ImageFacts,
  { format, capacity }: { readonly format: string; readonly capacity: number | null },
): string | null {
  const size = Number(facts["virtual-size"]);
  if (capacity !== null && capacity < size)
    return `the declared capacity of ${printBytes(capacity)} is less than its ${printBytes(size)}: the guest would see a disk that is cut off`;
  // Anything that is no other format is raw.
  if (facts.format !== format) return `it is ${String(facts.format)}, not the declared format ${format}`;
  if (facts["backing-filename"] !== undefined)
    return "it has another image below it, which an image from outside must not name";
  const specific = facts["format-specific"] as { readonly data?: ImageFacts } | undefined;
  return specific?.data?.["data-file"] === undefined
    ? null
    : "its data are in another file, which an image from outside must not name";
}
