import { printCpuset } from "../model/cpuset.ts";
import { printXml } from "../model/xml/print.ts";
import { attributeOf, valueAt } from "../model/xml/read.ts";
import type { Change } from "./change.ts";
import { placeOf } from "./path.ts";

/** One virsh command on the running guest. */
export interface LiveStep {
  /** Arguments after `virsh -c URI`; DOMAIN stands for the domain's UUID. */
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Lower goes first: threads are added, set and pinned, then devices come, and threads go last. */
  readonly order: number;
  /** Whether it plugs a PCI device in. */
  readonly plugs: boolean;
}

export const DOMAIN = "\u0000domain";

interface Row {
  readonly place: string;
  readonly kinds: readonly Change["kind"][];
  readonly order: number;
  readonly plugs?: true;
  /** Null: this one change can't be made live. */
  readonly step: (change: Change, onlineCpus: readonly number[]) => { args: string[]; stdin?: string } | null;
}

const keyOf = (change: Change, name: string) => {
  const step = change.steps.find((each) => each.kind === "element" && each.name === name);
  return step?.kind === "element" ? (step.key ?? "") : "";
};
const threadId = (change: Change) => keyOf(change, "iothread");
const poll =
  (option: string): Row["step"] =>
  (change) => ({
    args: ["iothreadset", DOMAIN, threadId(change), `--poll-${option}`, change.after ?? "0", "--live"],
  });
/** libvirt refuses a minimum above the present maximum, so both travel together (9.0.0). */
const pool: Row["step"] = (change) => {
  const max = change.desired && attributeOf(change.desired, "thread_pool_max");
  if (!max) return null;
  const min = change.desired && attributeOf(change.desired, "thread_pool_min");
  return {
    args: [
      "iothreadset",
      DOMAIN,
      threadId(change),
      "--thread-pool-min",
      min ?? "0",
      "--thread-pool-max",
      max,
      "--live",
    ],
  };
};
/** A live pin can't be taken away: all CPUs are the same as none (measured, 9.0.0). */
const pin =
  (command: string): Row["step"] =>
  (change, onlineCpus) => {
    const cpuset =
      change.kind === "remove"
        ? printCpuset(onlineCpus)
        : change.desired && (attributeOf(change.desired, "cpuset") ?? null);
    if (!cpuset) return null;
    if (change.kind === "remove" && change.actual && attributeOf(change.actual, "cpuset") === cpuset)
      return null;
    return { args: [command, DOMAIN, ...[keyOf(change, command)].filter(Boolean), cpuset, "--live"] };
  };

/** What libvirt can do to a running guest. What has no row goes to the next boot, never to nothing. */
const rows: readonly Row[] = [
  {
    place: "iothreadids/iothread",
    kinds: ["add"],
    order: 0,
    step: (change) => ({ args: ["iothreadadd", DOMAIN, threadId(change), "--live"] }),
  },
  { place: "iothreadids/iothread/poll/@max", kinds: ["add", "change"], order: 1, step: poll("max-ns") },
  { place: "iothreadids/iothread/poll/@grow", kinds: ["add", "change"], order: 1, step: poll("grow") },
  { place: "iothreadids/iothread/poll/@shrink", kinds: ["add", "change"], order: 1, step: poll("shrink") },
  { place: "iothreadids/iothread/@thread_pool_min", kinds: ["add", "change"], order: 1, step: pool },
  { place: "iothreadids/iothread/@thread_pool_max", kinds: ["add", "change"], order: 1, step: pool },
  // Commands and elements have the same names; there is one emulator, so its pin has no key.
  ...["iothreadpin", "vcpupin", "emulatorpin"].flatMap((name): Row[] =>
    [`cputune/${name}`, `cputune/${name}/@cpuset`].map((place) => ({
      place,
      kinds: ["add", "change", "remove"],
      order: 2,
      step: pin(name),
    })),
  ),
  {
    place: "currentMemory",
    kinds: ["change"],
    order: 2,
    step: (change) => ({ args: ["setmem", DOMAIN, `${change.after}KiB`, "--live"] }),
  },
  {
    place: "title",
    kinds: ["add", "change"],
    order: 2,
    step: (change) => ({ args: ["desc", DOMAIN, "--live", "--title", textAfter(change)] }),
  },
  {
    place: "description",
    kinds: ["add", "change"],
    order: 2,
    step: (change) => ({ args: ["desc", DOMAIN, "--live", textAfter(change)] }),
  },
  {
    place: "devices/controller",
    kinds: ["add"],
    order: 3,
    plugs: true,
    step: (change) =>
      change.desired && attributeOf(change.desired, "model")?.startsWith("virtio") ? attach(change) : null,
  },
  {
    place: "devices/disk",
    kinds: ["add"],
    order: 4,
    plugs: true,
    step: (change) =>
      change.desired && /^(virtio|scsi)$/.test(valueAt(change.desired, "target/@bus") ?? "")
        ? attach(change)
        : null,
  },
  { place: "devices/interface", kinds: ["add"], order: 4, plugs: true, step: (change) => attach(change) },
  {
    place: "iothreadids/iothread",
    kinds: ["remove"],
    order: 9,
    step: (change) => ({ args: ["iothreaddel", DOMAIN, threadId(change), "--live"] }),
  },
];

function textAfter(change: Change): string {
  const [text] = change.desired?.children ?? [];
  return text?.kind === "text" ? text.text : (change.after ?? "");
}

function attach(change: Change): { args: string[]; stdin?: string } | null {
  return (
    change.desired && {
      args: ["attach-device", DOMAIN, "/dev/stdin", "--live"],
      stdin: printXml(change.desired),
    }
  );
}

/** The step that makes a change to the running guest; null when it has to wait for the next boot. */
export function planLive(change: Change, onlineCpus: readonly number[]): LiveStep | null {
  const place = placeOf(change.steps);
  const row = rows.find((each) => each.place === place && each.kinds.includes(change.kind));
  const step = row?.step(change, onlineCpus);
  return row && step ? { ...step, order: row.order, plugs: row.plugs ?? false } : null;
}
