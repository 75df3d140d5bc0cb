import { attributeOf, childrenOf, elementsAt } from "../../xml/read.ts";
import type { XmlElement, XmlNode } from "../../xml/tree.ts";
import type { Edit } from "../schema.ts";
import { ioThreadIds, withIoThreads } from "./ioThreads.ts";

/** Whether a change is to IO threads or their tuning: then the definition needs their ids. */
const isAboutThreads = (path: string) => /^(?:iothreadids|cputune\/iothread)/.test(path);

/** The merged domain with the count of its IO threads; with their original form when no thread has changed. */
export function withThreadsCounted(
  merged: XmlElement,
  { actual, printed, declared, paths }: Edit,
): XmlElement {
  return paths.some(isAboutThreads)
    ? withCount(merged, ioThreadIds(actual), declared)
    : withThreadsOf(merged, printed);
}

/**
 * Adds the count beside the ids and removes the pins of threads that this change removes, because libvirt wants both.
 * A pin that is still declared stays, so that the user sees that its thread is gone.
 */
function withCount(domain: XmlElement, before: readonly number[], declared: XmlElement): XmlElement {
  const [list] = childrenOf(domain, "iothreadids");
  const threads = list ? childrenOf(list, "iothread") : [];
  const left = new Set(threads.map((thread) => attributeOf(thread, "id")));
  const gone = new Set<string | undefined>(before.map(String).filter((id) => !left.has(id)));
  const counted = withIoThreads(domain, threads.length > 0 && list ? list : null);
  const at = counted.children.findIndex((child) => child.kind === "element" && child.name === "iothreadids");
  const count: XmlElement = {
    kind: "element",
    name: "iothreads",
    attributes: [],
    children: [{ kind: "text", text: String(threads.length) }],
  };
  const withNumber = at < 0 ? counted : { ...counted, children: counted.children.toSpliced(at, 0, count) };
  const wanted = new Set(
    elementsAt(declared, "cputune").flatMap((cputune) => childrenOf(cputune).map((each) => threadOf(each))),
  );
  const orphan = (node: XmlNode) =>
    node.kind === "element" && !wanted.has(threadOf(node)) && gone.has(threadOf(node));
  return {
    ...withNumber,
    children: withNumber.children.map((child) =>
      child.kind === "element" && child.name === "cputune" && child.children.some(orphan)
        ? { ...child, children: child.children.filter((node) => !orphan(node)) }
        : child,
    ),
  };
}

/** Id of the thread that a pin or scheduler is for. */
function threadOf(node: XmlElement): string | undefined {
  if (node.name === "iothreadpin") return attributeOf(node, "iothread");
  return node.name === "iothreadsched" ? attributeOf(node, "iothreads") : undefined;
}

/** The domain with its IO threads in the form that the other domain has. */
function withThreadsOf(domain: XmlElement, other: XmlElement): XmlElement {
  const isThreads = (node: XmlNode | undefined) =>
    node?.kind === "element" && (node.name === "iothreads" || node.name === "iothreadids");
  const isBlank = (node: XmlNode | undefined) => node?.kind === "text" && node.text.trim() === "";
  const first = other.children.findIndex(isThreads);
  const at = domain.children.findIndex(isThreads);
  if (first < 0 || at < 0) return domain;
  const last = other.children.findLastIndex(isThreads);
  const as = other.children.slice(first, last + 1).filter((node) => isThreads(node) || isBlank(node));
  let end = at + 1;
  for (const node of as) if (isBlank(node) && isBlank(domain.children[end])) end++;
  return { ...domain, children: domain.children.toSpliced(at, end - at, ...as) };
}
