/** Finds the reasons for which `up` would fail, for previews. Uses the same checks that stop `up`. */

import type { HostError } from "../../errors.ts";
import { findOverlaysThere } from "../../host/apply/backingChains.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { capabilitiesOf } from "../../host/read/capabilities.ts";
import { hasUnknown, unknown } from "../../model/arguments/field.ts";
import { isSameUuid } from "../../model/elements/meaning.ts";
import { valueAt } from "../../model/xml/read.ts";
import { pathNamer } from "../../plan/arguments/origins.ts";
import { findLackingMachine } from "../../plan/checks/machines.ts";
import { findNewDomainObstacles, layNewDomain } from "../../plan/checks/newDomain.ts";
import { findObstacles } from "../../plan/checks/obstacles.ts";
import { situationOf } from "../../plan/situation/situation.ts";
import { isLeaving } from "../declarations/leaving.ts";
import { declaredWithUuid } from "../declarations/otherDeclarations.ts";
import { declaredOf, declaredTogether } from "../declarations/together.ts";
import type { Look, PlannedLook } from "../look.ts";
import { impossibilities } from "../previewLines.ts";
import { sharedImagesOf } from "./imageUses.ts";
import type { Lacks } from "./lacks.ts";
import { lacksOf } from "./lacks.ts";

export const notPossible = (name: string, obstacle: string) => `${name}: not possible: ${obstacle}`;

/** Lists everything for which `up` would fail. */
export function refusalsOf(preview: {
  readonly obstacles: readonly string[];
  readonly unreachable: HostError | null;
}): string[] {
  return [...preview.obstacles, ...(preview.unreachable ? [preview.unreachable.message] : [])];
}

/** Finds obstacles to changing a domain that is on the host. */
export async function obstaclesOfChange(look: PlannedLook): Promise<Lacks> {
  const { connection, kind, args, name, domain, plan } = look;
  const isMachineNew = plan.changes.some(({ change }) => change.path === "os/type/@machine");
  // An unknown value may supply what is missing.
  const obstacles = hasUnknown(args) ? [] : plan.obstacles;
  // Without a change, no obstacle matters.
  const isNeeded = plan.define !== null || plan.liveSteps.length > 0;
  const planned = impossibilities(
    kind,
    args,
    domain,
    isNeeded ? { ...plan, obstacles } : { ...plan, obstacles: [] },
  );
  const held = sharedImagesOf(look, look).refusals;
  const starts = kind.name === "Domain" && args.running === true && domain.liveXml === null;
  if (!isNeeded && !starts) return { obstacles: [...planned, ...held], warnings: [] };
  const lacks = await lacksOf(look, look);
  if (!isNeeded) return { ...lacks, obstacles: [...planned, ...held, ...lacks.obstacles] };
  const isOrphan = !domain.persistent && kind.name !== "Domain";
  const situation = situationOf(look.snapshot.host, domain);
  return {
    obstacles: [
      ...(isOrphan && !declaredOf(connection, name).domain ? [transient(name)] : []),
      ...planned,
      ...held,
      ...(await findOverlaysThere(connection, domain, look.declared, situation)),
      ...(isMachineNew && plan.define
        ? findLackingMachine(plan.define, await knownCapabilities(connection))
        : []),
      ...lacks.obstacles,
    ],
    warnings: lacks.warnings,
  };
}

/** Finds obstacles to a resource whose domain is not on the host. */
export async function obstaclesOfNew(look: Look): Promise<Lacks> {
  const { connection, snapshot, kind, args, name, declared } = look;
  const isDomain = kind.name === "Domain";
  const [own, lacks] = await Promise.all([isDomain ? obstaclesOfNewDomain(look) : [], lacksOf(look, null)]);
  const { warnings } = lacks;
  const files = [...lacks.obstacles, ...sharedImagesOf(look, null).refusals];
  if (isDomain) return { obstacles: [...own, ...files], warnings };
  const { domain, mayGetThreads, mayComeLater } = declaredOf(connection, name);
  if (!domain) return { obstacles: mayComeLater ? files : [absent(name), ...files], warnings };
  if (hasUnknown(args)) return { obstacles: files, warnings };
  const tree = layNewDomain(declaredTogether(connection, name), null);
  const nameOf = pathNamer(kind, args);
  const situation = { ...snapshot.host, inactive: tree, live: null, mayGetThreads, nameOf };
  return { obstacles: [...findObstacles(declared, tree, situation, []), ...files], warnings };
}

async function obstaclesOfNewDomain(look: Look): Promise<string[]> {
  const { connection, snapshot, kind, args, name, declared } = look;
  const tree = layNewDomain(declared, null);
  const capabilities = await knownCapabilities(connection);
  const { comingThreads, mayGetThreads } = declaredOf(connection, name);
  const host = { ...snapshot.host, comingThreads, mayGetThreads, nameOf: pathNamer(kind, args) };
  const found = findNewDomainObstacles(declared, tree, host, capabilities);
  const isKnown = !hasUnknown(args);
  const known = isKnown ? found : args.machine === unknown ? [] : findLackingMachine(tree, capabilities);
  return [...takenUuid(look), ...known];
}

function takenUuid({ connection, snapshot, name, declared }: Look): string[] {
  const uuid = valueAt(declared, "uuid");
  if (uuid === undefined) return [];
  const there = [...snapshot.domains.values(), ...snapshot.busy.values()]
    .filter((each) => each.name !== name && isSameUuid(each.uuid, uuid))
    .map((each) => each.name)
    .filter((each) => !isLeaving(connection.host, each));
  const others = [...new Set([...there, ...declaredWithUuid(connection, name, uuid)])];
  return others.map(
    (other) => `uuid ${uuid} is that of "${other}"; give another one, or leave it out and one is made`,
  );
}

/** Ignore a failure to read the capabilities: the change itself fails for the same reason and reports it. */
const knownCapabilities = (connection: Connection) => capabilitiesOf(connection).catch(() => null);

const absent = (name: string) =>
  `there is no domain "${name}" on the host, and no Domain before this resource declares it; declare one, and refer to its name output`;

const transient = (name: string) =>
  `the domain "${name}" is transient and has no definition to change; declare the Domain, which defines it, or start it from a definition`;
