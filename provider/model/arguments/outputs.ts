import type { Fields } from "./field.ts";
import { count, listOf, text } from "./field.ts";

const nullable = true as const;

const path = {
  type: text,
  required: true,
  description: "Path into the domain's XML: `devices/disk[vdb]/driver/@iothread`.",
} as const;

const inactive = {
  type: text,
  required: true,
  nullable,
  description: "Value in the persistent definition, likewise; null when it is not there.",
} as const;

export const pendingRestart: Fields = {
  pendingRestart: {
    type: listOf({
      kind: "object",
      name: "Pending",
      fields: {
        path,
        live: {
          type: text,
          required: true,
          nullable,
          description:
            "Value in the running guest, sizes as people write them (`64 MiB`); null when it is not there.",
        },
        inactive,
      },
    }),
    description: "What waits for the next power cycle; empty when the running guest is as declared.",
  },
  restartDidNotBring: {
    type: listOf({ kind: "object", name: "NotBrought", fields: { path, inactive } }),
    description:
      'What the guest was power-cycled for (whenRunning "restart") and does not have even so. It is not power-cycled for the same again until the declaration changes.',
  },
};

const ignoredByLibvirt: Fields = {
  ignoredByLibvirt: {
    type: listOf({
      kind: "object",
      name: "Ignored",
      fields: {
        path,
        value: { type: text, required: true, nullable, description: "Value that is declared there." },
        libvirt: {
          type: text,
          required: true,
          description: "Version of the host's libvirt: another one is tried again.",
        },
      },
    }),
    description:
      "What is declared, and what libvirt has taken and left out of the definition: it does not know it, or not for this kind of device. It is no change until the declaration changes.",
  },
};

/** Outputs that quote values of the domain: they are secret if any of those values is. */
export const quotingOutputs: readonly string[] = ["pendingRestart", "restartDidNotBring", "ignoredByLibvirt"];

export const domainUuid: Fields = {
  domainUuid: {
    type: text,
    description: "UUID of the domain: one that gets its name later is another one, and is left alone.",
  },
};

export const domainOutputs: Fields = {
  name: { type: text, description: "Name of the domain on its host." },
  uuid: { type: text, description: "UUID, which the domain keeps." },
  state: { type: text, description: "Run state in libvirt's words: `running`, `shut off`, `paused` …" },
  ...pendingRestart,
  ...ignoredByLibvirt,
};

export const ioThreadOutputs: Fields = {
  ...domainUuid,
  ioThreadId: { type: count(1), description: "Id within the domain." },
  threadId: {
    type: count(1),
    nullable,
    description: "The kernel's id of the thread; null when the guest is off or /proc is not readable.",
  },
  pollMaxNs: {
    type: count(),
    nullable,
    description: "Polling in force, in nanoseconds; null when the guest is off and none is declared.",
  },
};

export const ioThreadPinOutputs: Fields = {
  ...domainUuid,
  cpusAllowed: {
    type: text,
    nullable,
    description:
      "CPUs that the kernel allows the thread, such as `0-1`; null when the guest is off or /proc is not readable.",
  },
};
