import { attributeOf, childrenOf, textOf } from "../../xml/read.ts";
import type { XmlElement } from "../../xml/tree.ts";

/**
 * Replaces `<iothreads>2</iothreads>` by the ids 1 and 2, which it means. libvirt prints the ids only when they are
 * not 1..N.
 */
export function normaliseDomain(domain: XmlElement): XmlElement {
  return withIoThreadIds(domain);
}

/** The highest count that is expanded into ids. libvirt 9.0.0 itself accepts 65537. */
const countLimit = 100_000;

/** Ids of a domain's IO threads in libvirt's order: the listed ones, then the lowest free ones up to the count. */
export function ioThreadIds(domain: XmlElement): number[] {
  const [counted] = childrenOf(domain, "iothreads");
  const listed = childrenOf(domain, "iothreadids")
    .flatMap((list) => childrenOf(list, "iothread"))
    .map((thread) => Number(attributeOf(thread, "id")));
  const wanted = Math.min(counted ? Number(textOf(counted)) : 0, countLimit);
  const known = new Set(listed);
  for (let id = 1; listed.length < wanted; id++) if (!known.has(id)) listed.push(id);
  return listed;
}

/** The id of a thread that declares none: the lowest that no thread of these trees has. */
export function lowestFreeId(domains: readonly XmlElement[]): number {
  const taken = new Set(domains.flatMap(ioThreadIds));
  let id = 1;
  while (taken.has(id)) id++;
  return id;
}

function withIoThreadIds(domain: XmlElement): XmlElement {
  const ids = ioThreadIds(domain);
  if (ids.length === 0 || ids.length >= countLimit) return domain;
  const [list] = childrenOf(domain, "iothreadids");
  const known = new Map(
    (list ? childrenOf(list, "iothread") : [])
      .toReversed()
      .map((thread) => [Number(attributeOf(thread, "id")), thread]),
  );
  const threads = ids.map(
    (id): XmlElement =>
      known.get(id) ?? {
        kind: "element",
        name: "iothread",
        attributes: [{ name: "id", value: String(id) }],
        children: [],
      },
  );
  return withIoThreads(domain, {
    kind: "element",
    name: "iothreadids",
    attributes: list?.attributes ?? [],
    children: [...threads, ...(list ? childrenOf(list).filter(({ name }) => name !== "iothread") : [])],
  });
}

/** Replaces `<iothreads>` and `<iothreadids>` by the list; null removes both. */
export function withIoThreads(domain: XmlElement, list: XmlElement | null): XmlElement {
  const isThreads = (child: XmlElement["children"][number]) =>
    child.kind === "element" && (child.name === "iothreads" || child.name === "iothreadids");
  const at = domain.children.findIndex(isThreads);
  const rest = domain.children.filter((child) => !isThreads(child));
  const place = at < 0 ? rest.length : at;
  return { ...domain, children: rest.toSpliced(place, 0, ...(list ? [list] : [])) };
}
