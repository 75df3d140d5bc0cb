import { join } from "node:path";
import { acts, destroy, firstUp, preview } from "./acts.ts";
import type { Engine, Loading } from "./engine.ts";
import { type Hosts, startHosts } from "./host.ts";
import { Bed, type Measurement } from "./measure.ts";

export interface Scale {
  /** Numbers of guests on the one host, and how often to repeat each act. */
  readonly guests: readonly { readonly count: number; readonly rounds: number }[];
  /** Number of guests on a host with as many as it may have; each act runs once. 0 skips this. */
  readonly manyGuests: number;
  /** Numbers of guests whose preview is also measured with these round trip times. */
  readonly delayedGuests: readonly number[];
  readonly delaysMs: readonly number[];
  readonly hosts: readonly number[];
  readonly guestsPerHost: number;
  readonly rounds: number;
  readonly options: boolean;
  /** Numbers of guests whose preview is measured through both front ends. */
  readonly frontsGuests: readonly number[];
  /** Numbers of volumes that are overlays of one image, and of guests, on the one host. */
  readonly storage: readonly { readonly overlays: number; readonly guests: number }[];
}

export const full: Scale = {
  guests: [
    { count: 1, rounds: 3 },
    { count: 20, rounds: 3 },
    { count: 200, rounds: 3 },
  ],
  manyGuests: 1000,
  delayedGuests: [200],
  delaysMs: [20, 80],
  hosts: [1, 10, 50],
  guestsPerHost: 4,
  rounds: 3,
  options: true,
  frontsGuests: [1, 50, 300],
  storage: [
    { overlays: 20, guests: 0 },
    { overlays: 200, guests: 200 },
  ],
};

export const quick: Scale = {
  guests: [{ count: 20, rounds: 1 }],
  manyGuests: 0,
  delayedGuests: [],
  delaysMs: [],
  hosts: [3],
  guestsPerHost: 4,
  rounds: 1,
  options: false,
  frontsGuests: [20],
  storage: [{ overlays: 20, guests: 0 }],
};

export interface Bench {
  readonly folder: string;
  readonly engine: Engine;
  readonly done: (measured: Measurement) => void;
}

export const sections = {
  guests: measureGuests,
  hosts: measureHosts,
  many: measureMany,
  options: measureOptions,
  fronts: measureFronts,
  storage: measureStorage,
};

async function withHosts(
  { folder }: Bench,
  count: number,
  guests: number | null,
  use: (hosts: Hosts) => Promise<void>,
): Promise<void> {
  const hosts = await startHosts(join(folder, `hosts-${count}`), count, guests === null ? null : { guests });
  try {
    await use(hosts);
  } finally {
    await hosts.remove();
  }
}

/** Measures one host with its own libvirtd. */
async function measureGuests(bench: Bench, scale: Scale): Promise<void> {
  await withHosts(bench, 1, null, async (hosts) => {
    for (const { count, rounds } of scale.guests) {
      const bed = new Bed(bench.engine, hosts, count, bench.done);
      await bed.makeStacks();
      await bed.pair(firstUp, "guests");
      for (let round = 0; round < rounds; round++) for (const act of acts) await bed.pair(act, "guests");
      if (scale.delayedGuests.includes(count))
        for (let round = 0; round < rounds; round++)
          for (const delayMs of [0, ...scale.delaysMs]) await bed.pair(preview, "delay", delayMs);
      await bed.pair(destroy, "guests");
    }
  });
}

async function measureMany(bench: Bench, { manyGuests }: Scale): Promise<void> {
  if (manyGuests === 0) return;
  await withHosts(bench, 1, null, async (hosts) => {
    const bed = new Bed(bench.engine, hosts, manyGuests, bench.done);
    await bed.makeStacks();
    for (const act of [firstUp, ...acts, destroy]) await bed.pair(act, "many");
  });
}

/** Measures many hosts, each with its own sshd and virsh in front of libvirt's test driver. */
async function measureHosts(bench: Bench, scale: Scale): Promise<void> {
  for (const count of scale.hosts) {
    await withHosts(bench, count, scale.guestsPerHost, async (hosts) => {
      const bed = new Bed(bench.engine, hosts, scale.guestsPerHost, bench.done);
      await bed.makeStacks();
      for (const variant of ["floor", "virsh"] as const)
        await bed.run(firstUp, "hosts", variant, { args: ["--parallel", "32"] });
      for (let round = 0; round < scale.rounds; round++) {
        const config = { "virsh:hosts": JSON.stringify(hosts.uris) };
        await bed.run(preview, "hosts", "floor", { delayMs: 80, option: "virsh:hosts", config });
        await bed.run(preview, "hosts", "virsh", { delayMs: 80, option: "virsh:hosts", config });
        if (count === 1 || scale.rounds === 1) continue;
        const env = { PULUMI_PARALLEL_DIFF: "true" };
        const option = "PULUMI_PARALLEL_DIFF";
        await bed.run(preview, "hosts", "floor", { delayMs: 80, option, env });
        await bed.run(preview, "hosts", "virsh", { delayMs: 80, option, env });
        if (count <= 10) await bed.run(preview, "hosts", "virsh", { delayMs: 80 });
      }
    });
  }
}

interface Option {
  readonly name: string;
  readonly env?: Record<string, string>;
  readonly args?: string[];
  readonly loading?: Loading;
}

const options: readonly Option[] = [
  { name: "compiled JavaScript" },
  {
    name: "TypeScript just edited, type-checked",
    loading: "edited",
    env: { PULUMI_NODEJS_TRANSPILE_ONLY: "false" },
  },
  { name: "TypeScript just edited, PULUMI_NODEJS_TRANSPILE_ONLY=true", loading: "edited" },
  { name: "TypeScript as before, PULUMI_NODEJS_TRANSPILE_ONLY=true", loading: "typescript" },
  { name: "JavaScript, PULUMI_PARALLEL_DIFF=true", env: { PULUMI_PARALLEL_DIFF: "true" } },
  { name: "JavaScript, --parallel 64", args: ["--parallel", "64"] },
];

/** Measures options that users may set, with a host of 20 guests at 80 ms. */
async function measureOptions(bench: Bench, scale: Scale): Promise<void> {
  if (!scale.options) return;
  await withHosts(bench, 1, null, async (hosts) => {
    const bed = new Bed(bench.engine, hosts, 20, bench.done);
    const refresh = acts.find(({ name }) => name === "refresh") ?? preview;
    await bed.makeStacks();
    for (const variant of ["floor", "virsh"] as const) await bed.run(firstUp, "options", variant);
    for (let round = 0; round < scale.rounds; round++)
      for (const { name: option, ...how } of options) {
        await bed.run(preview, "options", "virsh", { ...how, option, delayMs: 80 });
        if (how.args || option === options[0]?.name)
          await bed.run(refresh, "options", "virsh", { ...how, option, delayMs: 80 });
      }
    await bed.run(destroy, "options", "virsh");
  });
}

/** Measures dynamic resources and the plugin, each next to its floor. */
async function measureFronts(bench: Bench, { frontsGuests, rounds }: Scale): Promise<void> {
  for (const count of frontsGuests)
    await withHosts(bench, 1, null, async (hosts) => {
      const variants = ["floor", "virsh", "native floor", "native"] as const;
      const bed = new Bed(bench.engine, hosts, count, bench.done, variants);
      await bed.seedStacks();
      for (let round = 0; round < rounds; round++) await bed.pair(preview, "fronts");
    });
}

/** Measures a pool with overlays of one image, beside guests. */
async function measureStorage(bench: Bench, { storage, rounds }: Scale): Promise<void> {
  for (const { overlays, guests } of storage)
    await withHosts(bench, 1, null, async (hosts) => {
      const bed = new Bed(bench.engine, hosts, guests, bench.done, ["floor", "virsh"], overlays);
      await bed.makeStacks();
      await bed.pair(firstUp, "storage");
      for (let round = 0; round < rounds; round++) await bed.pair(preview, "storage");
      await bed.pair(destroy, "storage");
    });
}
