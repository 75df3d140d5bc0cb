import type { Fields, ValueType } from "./field.ts";
import { count } from "./field.ts";

/** Tuning of one IO thread, shared by the `IoThread` resource and a Domain's `ioThreads`. */
const tuning: Fields = {
  pollMaxNs: {
    type: count(),
    xml: "poll/@max",
    description:
      "Longest busy polling in nanoseconds before the thread sleeps; 0: none. Default: QEMU's default, 32768. Before libvirt 9.4 it lasts until the guest's next power cycle, and is then put back.",
  },
  pollGrow: {
    type: count(),
    xml: "poll/@grow",
    description: "Factor by which polling time grows; 0: QEMU's default. Lasts as pollMaxNs does.",
  },
  pollShrink: {
    type: count(),
    xml: "poll/@shrink",
    description: "Divisor by which polling time shrinks; 0: QEMU's default. Lasts as pollMaxNs does.",
  },
  pollWeight: {
    type: count(0, 63),
    xml: "poll/@weight",
    description:
      "How slowly polling time follows the latest wait, as a power of two: each wait counts for 1/2^pollWeight; 0: QEMU's default, 3. libvirt ≥ 12.7 and QEMU ≥ 11.1.",
  },
  threadPoolMin: {
    type: count(),
    xml: "@thread_pool_min",
    description: "Threads always kept for blocking requests; needs threadPoolMax. Default: 0. libvirt ≥ 8.5.",
  },
  threadPoolMax: {
    type: count(1),
    xml: "@thread_pool_max",
    description: "Most threads for blocking requests. Default: 64. Can't be unset live. libvirt ≥ 8.5.",
  },
};

export const ioThreadFields: Fields = {
  ioThreadId: {
    type: count(1),
    xml: "@id",
    replaces: true,
    description:
      "Id within the domain, from 1. Default: the lowest free one; an update that is killed just then leaves that thread behind, which a given id avoids. A new one makes a new thread.",
  },
  ...tuning,
};

/** One item of a Domain's `ioThreads`. */
export const ioThread: ValueType = {
  kind: "object",
  name: "DomainIoThread",
  fields: {
    id: {
      type: count(1),
      xml: "@id",
      required: true,
      description: "Id within the domain, from 1.",
    },
    ...tuning,
  },
};
