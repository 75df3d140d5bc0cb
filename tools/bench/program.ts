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
}

const declared = JSON.parse(process.env.BENCH_PROGRAM ?? "{}") as Declared;
for (const [at, host] of declared.hosts.entries()) {
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
