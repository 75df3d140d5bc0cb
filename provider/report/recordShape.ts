/** The shape of a plan file's lines, as far as a report reads them. */

import { objects } from "../model/objects.ts";
import { table } from "../model/table.ts";
import {
  boolean,
  isObject,
  listOf,
  nullable,
  number,
  objectOf,
  oneOf,
  type Shape,
  text,
  valuesOf,
  wholeNumber,
} from "../model/values/shape.ts";
import { labelRows } from "../plan/live/labels.ts";

const label = oneOf(...labelRows.map((row) => row.label));
const objectName = objectOf({ kind: oneOf(...Object.keys(objects)), name: text });
const resourceName = objectOf({ kind: text, key: nullable(text) });

const guest = objectOf({
  name: text,
  isActive: boolean,
  vcpus: wholeNumber(16_384),
  numaCells: number,
  cpuset: nullable(text),
  vcpuPins: valuesOf(text),
  emulatorPin: nullable(text),
  ioThreads: valuesOf(nullable(text)),
  disks: valuesOf(nullable(text)),
});

const node = objectOf({ id: number, memoryKiB: nullable(number), cpus: text, siblings: listOf(text) });

const measuredRow = objectOf({
  subject: text,
  what: text,
  before: number,
  after: number,
  ratio: nullable(number),
  verdict: oneOf("better", "worse", "more", "less", "within the noise", "too few windows"),
});

const kinds: Readonly<Record<string, Shape>> = table({
  host: objectOf({
    host: text,
    libvirtVersion: number,
    qemuVersion: number,
    topology: objectOf({ nodes: listOf(node) }),
    guests: listOf(guest),
  }),
  resource: objectOf(
    {
      host: text,
      object: objectName,
      domain: text,
      resource: resourceName,
      isRunning: nullable(boolean),
      label: nullable(label),
      changes: listOf(
        objectOf({
          kind: oneOf("add", "remove", "change"),
          path: text,
          before: nullable(text),
          after: nullable(text),
          label,
        }),
      ),
      steps: listOf(objectOf({ argv: listOf(text), label }, { stdin: text })),
      obstacles: listOf(text),
      lints: listOf(
        objectOf({
          id: text,
          level: oneOf("info", "warning", "error"),
          path: text,
          message: text,
          remedy: text,
        }),
      ),
      xml: nullable(objectOf({ before: text, after: text })),
      cpus: nullable(objectOf({ before: guest, after: guest })),
    },
    {
      measured: objectOf({
        rows: listOf(measuredRow),
        notes: listOf(text),
        at: text,
        seconds: number,
      }),
    },
  ),
  error: objectOf({
    host: text,
    object: nullable(objectName),
    domain: nullable(text),
    resource: nullable(resourceName),
    isUnreachable: boolean,
    message: text,
  }),
});

/** Lists what is wrong with a line in the current format. */
export function checkRecord(value: unknown): string[] {
  const kind = isObject(value) && "kind" in value ? value.kind : undefined;
  const shape = typeof kind === "string" ? kinds[kind] : undefined;
  return shape ? shape(value, "") : [`kind: must be one of ${Object.keys(kinds).join(", ")}`];
}
