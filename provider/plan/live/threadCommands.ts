/** The commands for IO threads and pins of a running domain. */

import { table } from "../../model/table.ts";
import { printCpuset } from "../../model/values/cpuset.ts";
import { attributeOf, childrenOf, elementsAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Change } from "../merge/change.ts";
import { one } from "./commands.ts";
import type { Row } from "./steps.ts";
import { DOMAIN } from "./steps.ts";

type Steps = Row["steps"];

const keyOf = (change: Change, name: string): string => {
  const step = change.steps.find((each) => each.kind === "element" && each.name === name);
  return step?.kind === "element" ? (step.key ?? "") : "";
};

const ioThreadOf = (change: Change) => keyOf(change, "iothread");

/** A command with the id of the change's IO thread. */
export const ioThread =
  (command: string): Steps =>
  (change) =>
    one(command, DOMAIN, ioThreadOf(change));

/**
 * Adds a thread, then sets its polling and its pool, which iothreadadd does not take. These are separate calls because
 * a single one loses the pool (9.0.0).
 */
export const addIoThread: Steps = (change, context) => {
  const thread = change.desired;
  const [poll] = thread ? childrenOf(thread, "poll") : [];
  const polling = Object.keys(pollOptions).flatMap((name) => {
    const value = attributeOf(poll, name);
    return value === undefined ? [] : (setPolling(name)({ ...change, after: value }, context) ?? []);
  });
  const hasPool = thread && attributeOf(thread, "thread_pool_max") !== undefined;
  return [
    ...one("iothreadadd", DOMAIN, ioThreadOf(change)),
    ...polling,
    ...(hasPool ? (setThreadPool(change, context) ?? []) : []),
  ];
};

const pollOptions: Readonly<Record<string, string>> = table({
  max: "--poll-max-ns",
  grow: "--poll-grow",
  shrink: "--poll-shrink",
  weight: "--poll-weight",
});

export const setPolling =
  (name: string): Steps =>
  (change) =>
    one("iothreadset", DOMAIN, ioThreadOf(change), pollOptions[name] ?? "", change.after ?? "0");

/**
 * Sets the pool with one call per value. libvirt and QEMU refuse a minimum above the present maximum and a maximum
 * below the present minimum, so the present values decide which goes first. Undeclared values stay.
 * @see https://gitlab.com/libvirt/libvirt/-/issues/339
 */
export const setThreadPool: Steps = (change, { live, merged }) => {
  const id = ioThreadOf(change);
  const [was, wanted] = [live, merged].map((tree) => poolOf(tree, id));
  // libvirt refuses a minimum without a maximum.
  if (wanted?.max === undefined) return null;
  const isMinFirst = was?.max !== undefined && Number(wanted.min ?? 0) <= Number(was.max);
  return (isMinFirst ? (["min", "max"] as const) : (["max", "min"] as const)).flatMap((end) => {
    const value = wanted[end];
    if (value === undefined || value === was?.[end]) return [];
    return one("iothreadset", DOMAIN, id, `--thread-pool-${end}`, value);
  });
};

function poolOf(domain: XmlElement, id: string) {
  const thread = elementsAt(domain, "iothreadids/iothread").find((each) => attributeOf(each, "id") === id);
  return { min: attributeOf(thread, "thread_pool_min"), max: attributeOf(thread, "thread_pool_max") };
}

/** Pins a thread. libvirt can't remove a live pin; pinning to all CPUs has the same effect (measured, 9.0.0). */
export const pin =
  (command: string): Steps =>
  (change, { onlineCpus }) => {
    const all = printCpuset(onlineCpus);
    const cpuset = change.kind === "remove" ? all : attributeOf(change.desired ?? undefined, "cpuset");
    if (!cpuset) return null;
    if (change.kind === "remove" && attributeOf(change.actual ?? undefined, "cpuset") === all) return [];
    return one(command, DOMAIN, ...[keyOf(change, command)].filter(Boolean), cpuset);
  };
