import type { Fields } from "./field.ts";
import { count, decimal, listOf, oneOf, text } from "./field.ts";

const nullable = true as const;

/** Arguments of the kinds whose changes are expected to affect a guest's disk performance. */
export const measureFields: Fields = {
  measure: {
    type: {
      kind: "object",
      name: "Measure",
      fields: {
        seconds: {
          type: count(1, 600),
          required: true,
          description:
            "Seconds of each of the two profiles; an update takes twice that longer. Changing it touches nothing on the host.",
        },
      },
    },
    description:
      "Whether an update that touches the running guest watches its disks and threads shortly before and after, for `measured`. Only reads, never makes an update fail, and is no change by itself. Default: nothing is measured.",
  },
};

/** The result of `measure`; its figures are those of `pulumi-virsh compare`. */
export const measuredOutput: Fields = {
  measured: {
    type: {
      kind: "object",
      name: "Measured",
      fields: {
        at: { type: text, required: true, description: "When the update began, ISO 8601." },
        seconds: { type: count(1), required: true, description: "Seconds of each profile." },
        rows: {
          type: listOf({
            kind: "object",
            name: "MeasuredRow",
            fields: {
              subject: {
                type: text,
                required: true,
                description: "Target of a disk, or a thread: `vdb`, `IO thread 1`, `main loop`.",
              },
              what: {
                type: text,
                required: true,
                description: "Figure and unit: `IO/s`, `mean µs`, `CPU %`.",
              },
              before: { type: decimal, required: true, description: "Median of the windows before." },
              after: { type: decimal, required: true, description: "Median of the windows after." },
              ratio: {
                type: decimal,
                required: true,
                nullable,
                description: "after / before; null where before is 0.",
              },
              verdict: {
                type: oneOf("better", "worse", "more", "less", "within the noise", "too few windows"),
                required: true,
                description: "Whether the difference is more than the windows vary among themselves.",
              },
            },
          }),
          required: true,
          description: "All disks and threads of the guest; empty when nothing could be measured.",
        },
        notes: {
          type: listOf(text),
          required: true,
          description: "What changed besides figures, and why something is missing.",
        },
      },
    },
    nullable,
    description:
      "What the last update that touched the running guest did to its disks and threads; null when `measure` is not declared or no such update was made.",
  },
};
