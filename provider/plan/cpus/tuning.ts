import { ioThreadIds } from "../../model/elements/domain/ioThreads.ts";
import { ownOf } from "../../model/table.ts";
import { attributeOf, elementsAt } from "../../model/xml/read.ts";
import type { XmlAttribute, XmlElement } from "../../model/xml/tree.ts";

/** Settings that libvirt can change, and put back, without the running guest noticing: pins and polling. Plain data. */
export interface Tuning {
  /** Ids of existing IO threads. Pins and polling of other threads can't be put back. */
  readonly ioThreads: readonly number[];
  /** Thread, such as `iothreadpin 1`, → CPUs. Threads without a pin are left out. */
  readonly pins: Readonly<Record<string, string>>;
  /** IO thread → attribute of its polling → nanoseconds or factor. */
  readonly polls: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Elements of pins, with the attribute that identifies the thread; `null` when there is only one. */
const pinned = { vcpupin: "vcpu", emulatorpin: null, iothreadpin: "iothread" } as const;
type PinName = keyof typeof pinned;

/** Reads the tuning from a live `<domain>` that includes the polling in force. */
export function tuningOf(domain: XmlElement): Tuning {
  const pins = Object.entries(pinned).flatMap(([name, key]) =>
    elementsAt(domain, `cputune/${name}`).map(
      (pin) =>
        [key === null ? name : `${name} ${attributeOf(pin, key)}`, attributeOf(pin, "cpuset") ?? ""] as const,
    ),
  );
  const polls = elementsAt(domain, "iothreadids/iothread").flatMap((thread) =>
    elementsAt(thread, "poll").map(
      (poll) =>
        [
          attributeOf(thread, "id") ?? "",
          Object.fromEntries(poll.attributes.map(({ name, value }) => [name, value])),
        ] as const,
    ),
  );
  return { ioThreads: ioThreadIds(domain), pins: Object.fromEntries(pins), polls: Object.fromEntries(polls) };
}

/** What to declare to restore a guest's tuning. */
export interface PutBack {
  /** Declares the tuning of now as if recorded, so that settings which were not there before are removed. */
  readonly recorded: XmlElement;
  readonly desired: XmlElement;
  /** The changes, such as `iothreadpin 1: 3 → 0`. Empty when there is nothing to do. */
  readonly lines: readonly string[];
}

/**
 * Plans how to restore the tuning. It touches only what differs, and only threads that existed before and still
 * exist.
 */
export function planPutBack(before: Tuning, now: Tuning): PutBack {
  const isThread = (id: string | undefined): boolean =>
    before.ioThreads.includes(Number(id)) && now.ioThreads.includes(Number(id));
  const keys = [...new Set([...Object.keys(before.pins), ...Object.keys(now.pins)])].filter((key) => {
    const [name, id] = key.split(" ");
    return ownOf(before.pins, key) !== ownOf(now.pins, key) && (name !== "iothreadpin" || isThread(id));
  });
  const polls = Object.entries(before.polls).flatMap(([id, poll]) =>
    Object.entries(poll)
      .filter(([name, value]) => isThread(id) && (ownOf(ownOf(now.polls, id), name) ?? value) !== value)
      .map(([name]) => ({ id, name })),
  );
  const declared = (tuning: Tuning): XmlElement =>
    element(
      "domain",
      [],
      [
        element(
          "iothreadids",
          [],
          [...new Set(polls.map(({ id }) => id))].map((id) => thread(id, tuning, polls)),
        ),
        element(
          "cputune",
          [],
          keys.flatMap((key) => pin(key, ownOf(tuning.pins, key))),
        ),
      ],
    );
  return {
    recorded: declared(now),
    desired: declared(before),
    lines: [
      ...keys.map(
        (key) => `${key}: ${ownOf(now.pins, key) ?? "none"} → ${ownOf(before.pins, key) ?? "none"}`,
      ),
      ...polls.map(
        ({ id, name }) =>
          `poll ${name} of iothread ${id}: ${ownOf(ownOf(now.polls, id), name)} → ${ownOf(ownOf(before.polls, id), name)}`,
      ),
    ],
  };
}

function thread(
  id: string,
  { polls }: Tuning,
  wanted: readonly { readonly id: string; readonly name: string }[],
): XmlElement {
  const names = wanted.filter((each) => each.id === id).map(({ name }) => name);
  const attributes = names.map((name) => ({ name, value: ownOf(ownOf(polls, id), name) ?? "0" }));
  return element("iothread", [{ name: "id", value: id }], [element("poll", attributes, [])]);
}

function pin(key: string, cpuset: string | undefined): XmlElement[] {
  if (cpuset === undefined) return [];
  const [name = "", id = ""] = key.split(" ");
  const attribute = pinned[name as PinName];
  const own = attribute === null ? [] : [{ name: attribute, value: id }];
  return [element(name, [...own, { name: "cpuset", value: cpuset }], [])];
}

function element(
  name: string,
  attributes: readonly XmlAttribute[],
  children: readonly XmlElement[],
): XmlElement {
  return { kind: "element", name, attributes: [...attributes], children: [...children] };
}
