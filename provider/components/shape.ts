import {
  anyObject,
  boolean,
  either,
  isObject,
  listOf,
  number,
  objectOf,
  text,
  valuesOf,
  wholeNumber,
} from "../model/values/shape.ts";
import type { FleetArgs } from "./fleetArgs.ts";

/** Most guests on one host: a larger number is probably a mistake. */
const mostGuests = 10_000;

const guests = either("number", wholeNumber(mostGuests), listOf(text));
const host = objectOf(
  { host: text },
  { name: text, guests, guest: anyObject, ioCpus: text, cpus: anyObject },
);
const threads = objectOf(
  {},
  {
    ioCpus: text,
    maxThreads: number,
    pollMaxNs: number,
    sequential: listOf(text),
    expectedDepth: valuesOf(number),
    profiles: listOf(anyObject),
  },
);
const fleet = objectOf(
  {
    hosts: listOf(either("string", text, host)),
    guest: either("function", () => [], anyObject),
  },
  {
    guests,
    overrides: valuesOf(anyObject),
    canary: either("number", number, listOf(text)),
    waves: listOf(objectOf({ hosts: listOf(text) }, { name: text })),
    gate: objectOf({}, { seconds: number, maxMeanRatio: number, maxP50Ratio: number, histogram: boolean }),
    dedicatedIoThreads: either("boolean", boolean, threads),
  },
);

/** Checks the types of a fleet's arguments. Their values are checked where they are used. */
export function checkShape(args: FleetArgs): string[] {
  return isObject(args) ? fleet(args, "") : anyObject(args, "arguments");
}

/** Checks the template that the program's function returned for one guest. */
export function checkTemplate(template: unknown, guest: string): string[] {
  return anyObject(template, `guest(${guest})`);
}
