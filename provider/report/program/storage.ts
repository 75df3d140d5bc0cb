/** Prints pools and volumes, and makes disks refer to them. */
import type { AdoptedGuest, AdoptedHost, AdoptedPool, AdoptedVolume } from "../../plan/adopt/adopted.ts";
import { withSources } from "../../plan/adopt/disks.ts";
import { usesName } from "./identifiers.ts";
import { mapObject } from "./leaves.ts";
import type { LiteralObject } from "./literal.ts";
import { printNew } from "./literal.ts";
import { markOf } from "./marks.ts";
import type { Namer } from "./names.ts";

/** The pools and volumes of a host, with their names in the program. */
export interface NamedStorage {
  readonly pools: readonly (AdoptedPool & Named)[];
  readonly volumes: readonly (AdoptedVolume & Named)[];
}

interface Named {
  readonly variable: string;
  /** Name of the resource. */
  readonly resource: string;
}

/** Names of variables, and of resources of each kind. */
export interface Namers {
  readonly variable: Namer;
  readonly pool: Namer;
  readonly volume: Namer;
}

export function nameStorage({ storage }: AdoptedHost, namers: Namers): NamedStorage {
  return {
    pools: storage.pools.map((pool) => ({
      ...pool,
      variable: namers.variable(`${pool.name} pool`),
      resource: namers.pool(pool.name),
    })),
    volumes: storage.volumes.map((volume) => ({
      ...volume,
      variable: namers.variable(`${volume.name.replace(/\.\w+$/, "")} volume`),
      resource: namers.volume(volume.name),
    })),
  };
}

const output = (text: string) => markOf({ text, isOutput: true });

/** The guest with references to volumes in place of their paths and names. */
export function referToVolumes(guest: AdoptedGuest, { pools, volumes }: NamedStorage): AdoptedGuest {
  const pathOf = (path: unknown) => {
    const found = volumes.find((each) => each.path === path);
    return found ? output(`${found.variable}.path`) : path;
  };
  return withSources(guest, ({ file, block, volume, ...others }) => {
    const pool = volume && pools.find(({ name }) => name === volume.pool);
    const own = volume && volumes.find((each) => each.pool === volume.pool && each.name === volume.volume);
    return {
      ...others,
      ...(file === undefined ? {} : { file: pathOf(file) }),
      ...(block === undefined ? {} : { block: pathOf(block) }),
      ...(volume && {
        volume: {
          pool: pool ? output(`${pool.variable}.name`) : volume.pool,
          volume: own ? output(`${own.variable}.name`) : volume.volume,
        },
      }),
    };
  });
}

/** Prints the statements, those that others refer to first. `after` is the text of what follows them. */
export function printStorage({ pools, volumes }: NamedStorage, host: string, after: string): string[] {
  const texts: string[] = [];
  const print = (kind: string, { variable, resource }: Named, args: LiteralObject) => {
    const isUsed = usesName([...texts, after].join(""), variable);
    const start = `${isUsed ? `const ${variable} = ` : ""}new virsh.${kind}`;
    const all = { host: markOf({ text: host }), ...args };
    texts.unshift(printNew(start, [resource, all, markOf({ text: "existing" })], 0));
  };
  for (const volume of volumes.toReversed()) {
    const pool = pools.find(({ name }) => name === volume.pool);
    const args = mapObject(volume.args as LiteralObject, ({ path, value }) => {
      const below = path.join("/") === "content/backing/path" && volumes.find((each) => each.path === value);
      return below ? output(`${below.variable}.path`) : value;
    });
    print("Volume", volume, { pool: markOf({ text: `${pool?.variable}.name` }), ...args });
  }
  for (const pool of pools.toReversed()) print("StoragePool", pool, pool.args as LiteralObject);
  return texts;
}
