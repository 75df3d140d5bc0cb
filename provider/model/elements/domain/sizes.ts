import type { Tables } from "../schema.ts";

export const sizes: Tables["sizes"] = {
  bare: [
    [/\/(?:max_size|space_hard_limit|space_soft_limit|shmem\/size)$/, "bytes"],
    [/\/(?:tseg|tb-cache)$/, "MiB"],
  ],
  cut: /\/shmem\/size$/,
  unitless:
    /^(?:memory|currentMemory|maxMemory)$|^memtune\/(?:hard_limit|soft_limit|min_guarantee|swap_hard_limit)$|\/shmem\/size$/,
};
