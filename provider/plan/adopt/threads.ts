import type { Arguments } from "../../model/arguments/field.ts";
import { attributeOf, elementsAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";

export const listOf = (value: unknown) => (Array.isArray(value) ? (value as Arguments[]) : []);

/** Ids of the IO threads that the Domain must declare: its devices use them, or only its `xml` can describe them. */
export function keptThreads(domain: Arguments, rest: XmlElement): Set<number> {
  const schedulers = listOf((domain.cpuTune as Arguments | undefined)?.ioThreadScheds);
  const isScheduled = schedulers.length > 0 || elementsAt(rest, "cputune/iothreadsched").length > 0;
  if (isScheduled) return new Set(itemsOf(domain.ioThreads).map(({ id }) => Number(id)));
  const devices = [...listOf(domain.disks), ...listOf(domain.controllers)];
  const named = devices.flatMap((each) => [each.ioThread, ...listOf(each.ioThreads).map(({ id }) => id)]);
  const drivers = ["devices/disk/driver", "devices/controller/driver"].flatMap((at) => elementsAt(rest, at));
  const told = [
    ...drivers.map((driver) => attributeOf(driver, "iothread")),
    ...drivers
      .flatMap((driver) => elementsAt(driver, "iothreads/iothread"))
      .map((each) => attributeOf(each, "id")),
    ...elementsAt(rest, "iothreadids/iothread").map((each) => attributeOf(each, "id")),
  ];
  return new Set([...named, ...told].flatMap((id) => (id === undefined ? [] : [Number(id)])));
}

/** The `ioThreads` argument reduced to the kept threads; `undefined` when there are none. */
export function threadsArgument(all: unknown, kept: ReadonlySet<number>): unknown {
  const left = itemsOf(all).filter(({ id }) => kept.has(Number(id)));
  const isPlain = left.every((item, index) => item.id === index + 1 && Object.keys(item).length === 1);
  return isPlain ? left.length || undefined : left;
}

/** Lists the threads: a number means the ids from 1 up. */
function itemsOf(ioThreads: unknown): Arguments[] {
  return typeof ioThreads === "number"
    ? Array.from({ length: ioThreads }, (_, index) => ({ id: index + 1 }))
    : listOf(ioThreads);
}
