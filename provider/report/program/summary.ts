import { counted } from "../../model/values/counted.ts";
import { visibleLine } from "../../model/values/visible.ts";
import type { AdoptedHost } from "../../plan/adopt/adopted.ts";

/** The result of a run of adopt. */
export interface AdoptSummary {
  readonly hosts: readonly { readonly uri: string; readonly guests: number }[];
  readonly resources: number;
  /** Files that are new or changed. */
  readonly written: readonly string[];
  readonly notes: readonly Said[];
  /** Domains that the program leaves out. */
  readonly left: readonly Said[];
}

interface Said {
  readonly host: string;
  readonly domain: string;
  readonly text: string;
}

export function summaryOf(hosts: readonly AdoptedHost[], written: readonly string[]): AdoptSummary {
  const guests = hosts.flatMap(({ uri, guests: own }) => own.map((guest) => ({ uri, ...guest })));
  return {
    hosts: hosts.map(({ uri, guests: own }) => ({ uri: withoutQuery(uri), guests: own.length })),
    resources:
      guests.reduce((sum, { resources }) => sum + resources.length, 0) +
      hosts.reduce((sum, { storage }) => sum + storage.pools.length + storage.volumes.length, 0),
    written,
    notes: guests.flatMap(({ uri, name, notes }) =>
      notes.map((text) => ({ host: withoutQuery(uri), domain: name, text })),
    ),
    left: hosts.flatMap(({ uri, left }) =>
      left.map(({ name, reason }) => ({ host: withoutQuery(uri), domain: name, text: reason })),
    ),
  };
}

/** Prints the summary for a terminal. */
export function printSummary({ hosts, resources, written, notes, left }: AdoptSummary, out: string): string {
  const guests = hosts.reduce((sum, host) => sum + host.guests, 0);
  const did = written.length === 0 ? "is as it was" : `has ${written.toSorted().join(", ")}`;
  const said = [...notes, ...left.map((each) => ({ ...each, text: `left out: it ${each.text}` }))];
  return [
    `${out} ${did}: ${counted(guests, "guest")} of ${counted(hosts.length, "host")}, ${counted(resources, "resource")}`,
    ...said.map(({ host, domain, text }) => `${host} ${visibleLine(domain)}: ${visibleLine(text)}`),
    `next: ${out}/README.md`,
    "",
  ].join("\n");
}

const withoutQuery = (uri: string) => uri.replace(/\?.*$/s, "");
