/** What `virsh domstats` prints: a line `Domain: 'NAME'` and then lines `key=value`. */

/** The values of each domain, by its name. */
export function parseDomstats(text: string): Map<string, ReadonlyMap<string, string>> {
  const found = new Map<string, ReadonlyMap<string, string>>();
  for (const part of text.split(/^Domain: '/m).slice(1)) {
    const [first = "", ...lines] = part.split("\n");
    const fields = lines.flatMap((line): [string, string][] => {
      const [key = "", ...value] = line.trim().split("=");
      return value.length === 0 ? [] : [[key, value.join("=")]];
    });
    found.set(first.replace(/'$/, ""), new Map(fields));
  }
  return found;
}

/** Polling in force, in nanoseconds and factors; `null` for a value that libvirt does not print. */
export interface PollingStats {
  readonly maxNs: number | null;
  readonly grow: number | null;
  readonly shrink: number | null;
  readonly weight: number | null;
}

/** Polling in force, by the id of the IO thread. */
export function pollingOf(fields: ReadonlyMap<string, string>): Map<number, PollingStats> {
  const polling = new Map<number, PollingStats>();
  for (const key of fields.keys()) {
    const id = /^iothread\.(\d+)\.poll-/.exec(key)?.[1];
    if (id === undefined || polling.has(Number(id))) continue;
    const value = (name: string) => {
      const text = fields.get(`iothread.${id}.poll-${name}`);
      return text === undefined ? null : Number(text);
    };
    const [maxNs, grow, shrink] = [value("max-ns"), value("grow"), value("shrink")];
    polling.set(Number(id), { maxNs, grow, shrink, weight: value("weight") });
  }
  return polling;
}
