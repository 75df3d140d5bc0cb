/** The Pulumi program that the bench measures. The floor runs the same program. */
import * as virsh from "../../provider/index.ts";

/** What to declare, as JSON in BENCH_PROGRAM. */
export interface Declared {
  /** libvirt URIs. */
  readonly hosts: readonly string[];
  readonly guestsPerHost: number;
  /** Paths of two images on each host. */
  readonly images: readonly [string, string];
  readonly domainType: "qemu" | "test";
  /** Value of the first guest's first pin. */
  readonly cpuset: "0" | "0-1";
  /** Overlays of one image, in a pool with this folder; `null` for none. */
  readonly overlays: { readonly folder: string; readonly count: number } | null;
}

const declared = JSON.parse(process.env.BENCH_PROGRAM ?? "{}") as Declared;
for (const [at, host] of declared.hosts.entries()) {
  if (declared.overlays) {
    const { folder, count } = declared.overlays;
    const { name: pool } = new virsh.StoragePool("pool", { host, name: "bench", path: folder });
    const base = { host, pool, name: "base", capacity: "64 MiB", onDelete: "delete" } as const;
    const below = new virsh.Volume("base", base);
    const content = { backing: { path: `${folder}/base`, format: "qcow2" } } as const;
    for (let overlay = 0; overlay < count; overlay++)
      new virsh.Volume(
        `overlay-${overlay}`,
        { host, pool, name: `overlay-${overlay}`, content, onDelete: "delete" },
        { dependsOn: below },
      );
  }
  for (let guest = 0; guest < declared.guestsPerHost; guest++) {
    const name = `bench-${at}-${guest}`;
    const [data, log] = declared.images;
    const disk = { format: "raw", cache: "none", io: "native" } as const;
    new virsh.Domain(name, {
      host,
      name: `bench-${guest}`,
      type: declared.domainType,
      memory: "256 MiB",
      vcpus: 2,
      ioThreads: 2,
      cpuTune: {
        ioThreadPins: [
          { ioThread: 1, cpuset: at === 0 && guest === 0 ? declared.cpuset : "0" },
          { ioThread: 2, cpuset: "0-1" },
        ],
      },
      disks: [
        { ...disk, target: "vda", source: { file: data }, ioThread: 1 },
        { ...disk, target: "vdb", source: { file: log }, ioThread: 2 },
      ],
    });
  }
}
