import type { Placement } from "./types.ts";

type Placements = Readonly<Record<string, Placement>>;

/**
 * Prints where the IO threads of a host's guests are and why, for threads that moved. Guests with the same placement
 * share a line, and each reason appears once. `before` is the placement of the last run; `null` when there is none.
 */
export function placementLines(host: string, before: Placements | null, after: Placements): string[] {
  const moved = Object.entries(after).filter(
    ([guest, placement]) => placesOf(placement) !== placesOf(before?.[guest]),
  );
  const guests = grouped(moved.map(([guest, placement]) => [servedBy(placement), `${host}/${guest}`]));
  const reasons = grouped(
    moved.flatMap(([guest, { reasons }]) =>
      reasons.map(({ rule, text, source }): [string, string] => [`${rule} ${text} (${source})`, guest]),
    ),
  );
  const isOfAll = (names: readonly string[]) => names.length === moved.length;
  return [
    ...[...guests].map(([text, names]) => `${names.join(", ")}: ${text}`),
    ...[...reasons].map(([text, names]) => `  ${text}${isOfAll(names) ? "" : `: ${names.join(", ")}`}`),
  ];
}

function placesOf(placement: Placement | undefined): string {
  return placement ? servedBy(placement) : "";
}

function servedBy({ devices, mappings, ioThreads }: Placement): string {
  const served = Object.entries(devices).map(([device, first]) => {
    const threads = (mappings?.[device]?.ioThreads ?? [first]).map((id) => {
      const cpuset = ioThreads.find((each) => each.id === id)?.cpuset ?? null;
      return `IO thread ${id}${cpuset === null ? "" : ` on CPU ${cpuset}`}`;
    });
    return `${device} → ${threads.join(" and ")}`;
  });
  return served.join(", ") || "no IO threads";
}

function grouped(pairs: readonly (readonly [string, string])[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [text, name] of pairs) groups.set(text, [...(groups.get(text) ?? []), name]);
  return groups;
}
