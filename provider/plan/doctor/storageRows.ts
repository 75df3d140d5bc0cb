import { roundSize } from "../storage/progress.ts";
import type { HostPool, HostStorage } from "./facts.ts";
import type { DoctorRow, Finding } from "./row.ts";
import { about } from "./row.ts";

/** Programs that a host needs for images, with what for. */
export const imagePrograms: Readonly<Record<string, string>> = {
  "qemu-img": "overlays, and images that are brought",
  curl: "images from a URL",
  xz: "images that are compressed with it",
  gzip: "images that are compressed with it",
  zstd: "images that are compressed with it",
  bzip2: "images that are compressed with it",
};

const each =
  (find: (pools: readonly HostPool[]) => readonly Finding[]) =>
  ({ storage }: { readonly storage: HostStorage | null }): readonly Finding[] =>
    storage === null || storage.gap !== "" ? [] : find(storage.pools);

const named = (pools: readonly HostPool[]) => pools.map(({ name }) => `"${name}"`).join(", ");

export const storageRows: readonly DoctorRow[] = [
  {
    id: "imagePrograms",
    what: "programs for images",
    find: ({ storage }) => {
      const programs = storage?.programs;
      if (!programs) return [];
      const missing = Object.entries(imagePrograms).filter(([name]) => !programs.includes(name));
      if (missing.length === 0) return [{ verdict: "ok", found: programs.join(", ") }];
      return [
        {
          verdict: "note",
          found: missing.map(([name, needs]) => `no ${name}, for ${needs}`).join("; "),
          remedy: "install what your volumes need",
        },
      ];
    },
  },
  {
    id: "pools",
    what: "storage pools",
    find: about("storage", ({ pools, gap }) =>
      gap === ""
        ? {
            verdict: "ok",
            found: `${pools.filter(({ isActive }) => isActive).length} of ${pools.length} active`,
          }
        : {
            verdict: "note",
            found: gap,
            remedy: "Volume and StoragePool do not work there; run virsh pool-list --all on the host",
          },
    ),
  },
  {
    id: "poolFolder",
    what: "folders of pools",
    find: each((pools) =>
      pools.flatMap(({ name, isActive, isAutostarted, folder }): Finding[] => {
        if (!folder || !(isActive || isAutostarted)) return [];
        const { path, isThere, isWritable } = folder;
        if (!isThere)
          return [
            {
              verdict: "problem",
              found: `"${name}": ${path} is gone, so its guests can't start`,
              remedy: "mount its file system, or make the folder anew if its volumes are lost",
            },
          ];
        if (isWritable) return [];
        return [
          {
            verdict: "note",
            found: `"${name}": this login can't write to ${path}`,
            remedy:
              "images go through libvirt, which takes about twice the time: connect as root to avoid that",
          },
        ];
      }),
    ),
  },
  { id: "poolSpace", what: "space of pools", find: each(spaceOf) },
  {
    id: "poolAutostart",
    what: "start of pools",
    find: each((pools) => {
      const off = pools.filter(({ isActive, isAutostarted }) => isActive && !isAutostarted);
      if (off.length === 0) return [];
      return [
        {
          verdict: "note",
          found: `${named(off)}: active, and won't start with the host; nor will guests with disks of the type volume there`,
          remedy: "virsh pool-autostart, or a StoragePool, which does that by default",
        },
      ];
    }),
  },
];

/** Compares what volumes may still take with what their file system has, which several pools may share. */
function spaceOf(pools: readonly HostPool[]): readonly Finding[] {
  const active = pools.filter(({ isActive, folder }) => isActive && folder?.isThere);
  const shared = new Map<string, HostPool[]>();
  for (const pool of active) {
    const at = pool.folder?.fileSystem ?? "";
    shared.set(at, [...(shared.get(at) ?? []), pool]);
  }
  return [...shared.values()].map((own): Finding => {
    const free = own[0]?.folder?.free ?? 0;
    const growth = own.reduce((sum, pool) => sum + pool.growth, 0);
    const found = `${named(own)}: ${roundSize(free)} free, and volumes may take ${roundSize(growth)} more`;
    if (growth <= free) return { verdict: "ok", found };
    return {
      verdict: "note",
      found,
      remedy: 'watch it: QEMU pauses a guest whose disk finds no more space, and libvirt says "I/O error"',
    };
  });
}
