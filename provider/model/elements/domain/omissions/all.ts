import type { Omission } from "../../omission.ts";
import { sourcesOfOthers } from "./characters.ts";
import { devices } from "./devices.ts";
import { disks } from "./disks.ts";
import { domains } from "./domains.ts";
import { emptyElements } from "./empty.ts";
import { graphics } from "./graphics.ts";
import { ignoredParts } from "./ignored.ts";
import { interfaces } from "./interfaces.ts";
import { partsOfKinds } from "./kinds.ts";
import { live } from "./live.ts";
import { machines } from "./machines.ts";
import { memory } from "./memory.ts";
import { partsOfOthers } from "./parts.ts";
import { running } from "./running.ts";

/** All rules for nodes of a domain that libvirt does not print, or prints in another way. */
export const omissions: readonly Omission[] = [
  ...live,
  ...running,
  ...domains,
  ...memory,
  ...machines,
  ...disks,
  ...interfaces,
  ...graphics,
  ...devices,
  ...partsOfOthers,
  ...sourcesOfOthers,
  ...partsOfKinds,
  ...ignoredParts,
  ...emptyElements,
];
