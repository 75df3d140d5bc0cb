/** How an image is laid out: what an option is for, and where libvirt or QEMU would refuse it or drop it without a word. */
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import { unknown } from "../../model/arguments/field.ts";
import { capacityOf, formatOf } from "./volume.ts";

interface Option {
  /** Values that an image of this format can have; omitted where it can have any. */
  readonly raw?: readonly unknown[];
  readonly qcow2?: readonly unknown[];
}

/** Measured on libvirt 9.0.0 with QEMU 7.2. */
const options: Readonly<Record<string, Option>> = {
  // libvirt ignores the allocation of a qcow2 image, and refuses to preallocate the metadata of a raw one.
  preallocation: { raw: ["off", "full"], qcow2: ["off", "metadata"] },
  clusterSize: { raw: [] },
  lazyRefcounts: { raw: [false] },
  extendedL2: { raw: [false] },
  nocow: {},
};

/** Names of the options that are declared. */
export function givenOptions(args: Arguments): string[] {
  return Object.keys(options).filter((name) => args[name] !== undefined && args[name] !== unknown);
}

/** Finds options that the volume can't have. */
export function wrongOptions(args: Arguments): Failure[] {
  const { content } = args as { readonly content?: object };
  const own =
    content !== undefined && Object.keys(content).find((each) => each === "image" || each === "clone");
  const given = givenOptions(args);
  if (own) return given.map((property) => ({ property, reason: `is that of the ${own}: leave it out` }));
  const format = formatOf(args, true) === "raw" ? "raw" : "qcow2";
  const failures = given.flatMap((property) => {
    const allowed = options[property]?.[format];
    if (!allowed || allowed.includes(args[property])) return [];
    const instead = allowed.length > 0 ? `must be ${allowed.join(" or ")}` : "has no meaning";
    return [{ property, reason: `${instead} for a ${format} image` }];
  });
  return [...failures, ...wrongTogether(args)];
}

const KiB = 1024;

function wrongTogether({ content, preallocation, clusterSize, extendedL2 }: Arguments): Failure[] {
  const failures: Failure[] = [];
  const size = capacityOf({ capacity: clusterSize });
  if (size !== null && (size < 512 || size > 2048 * KiB || !Number.isInteger(Math.log2(size))))
    failures.push({ property: "clusterSize", reason: "must be a power of two from 512 bytes to 2 MiB" });
  if (extendedL2 === true && size !== null && size < 16 * KiB)
    failures.push({ property: "clusterSize", reason: "must be at least 16 KiB with extendedL2" });
  if (content !== undefined && preallocation === "metadata" && extendedL2 !== true)
    failures.push({
      property: "preallocation",
      reason: "needs extendedL2 for an image with another one below it",
    });
  return failures;
}
