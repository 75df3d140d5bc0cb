import { schemaOf } from "../schema.ts";
import { withoutOldChains } from "./chains.ts";
import { withChosenFirmware } from "./chosenFirmware.ts";
import { filled } from "./filled.ts";
import { identities, isBag, isListed, isOrdered, isShared, isWhole } from "./identities.ts";
import { normaliseDomain } from "./ioThreads.ts";
import { aliases, meanings } from "./meanings.ts";
import { withMirroredSerial } from "./mirrored.ts";
import { newer } from "./newer.ts";
import { omissions } from "./omissions/all.ts";
import { withOverruledThreads } from "./overruled.ts";
import { repeated } from "./repeated.ts";
import { restored } from "./restored.ts";
import { rewrites } from "./rewrites.ts";
import { secretRows } from "./secrets.ts";
import { sizes } from "./sizes.ts";
import { withThreadsCounted } from "./threadCount.ts";

/** How `<domain>` is compared. */
export const domainSchema = schemaOf({
  identities,
  isListed,
  isOrdered,
  isWhole,
  isShared,
  isBag,
  repeated,
  meanings,
  aliases,
  sizes,
  namespace: { prefix: "qemu", uri: "http://libvirt.org/schemas/domain/qemu/1.0" },
  normalise: normaliseDomain,
  rewrites,
  omissions,
  newer,
  filled,
  restored,
  secrets: secretRows,
  mirror: { place: "devices/serial", add: withMirroredSerial },
  overrule: (sides) => withChosenFirmware({ ...sides, recorded: withOverruledThreads(sides) }),
  complete: (merged, edit) => withoutOldChains(withThreadsCounted(merged, edit), edit),
});
