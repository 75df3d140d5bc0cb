/** Finds what a resource needs and its host lacks (image files, networks, volumes and the like), for previews. */

import { normalize } from "node:path/posix";
import type { Source } from "../../host/apply/imageFiles.ts";
import { filesOf, filesOfStart, newFilesOf } from "../../host/apply/imageFiles.ts";
import { previewFiles } from "../../host/apply/previewFiles.ts";
import { lacksOfHost } from "../../host/read/needs.ts";
import { hasUnknown } from "../../model/arguments/field.ts";
import { pathNamer } from "../../plan/arguments/origins.ts";
import { findHostNeeds } from "../../plan/checks/needs/find.ts";
import type { HostNeed } from "../../plan/checks/needs/need.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import { treesOfAll } from "../declarations/otherDeclarations.ts";
import { declaredRunning } from "../declarations/together.ts";
import type { Look, PlannedLook } from "../look.ts";
import { declaredFiles } from "../storage/place.ts";

export interface Lacks {
  /** Reasons for which `up` fails. */
  readonly obstacles: readonly string[];
  /** Reasons for which a later start fails or may fail. */
  readonly warnings: readonly string[];
}

const later = "the next start fails";

/** @param change `null` when the domain is not on the host yet */
export async function lacksOf(
  look: Look,
  change: Pick<PlannedLook, "domain" | "plan"> | null,
): Promise<Lacks> {
  const { connection, kind, args, declared } = look;
  const needs = neededBy(look, change);
  const opened = change ? filesOfChange(look, change) : filesOf(declared);
  const paths = opened.map(({ path }) => path);
  const coming = await declaredFiles(connection, String(args.host), paths);
  const [files, lacks] = await Promise.all([
    previewFiles(
      connection,
      opened.filter(({ path }) => !coming.has(normalize(path))),
    ),
    lacksOfHost(
      connection,
      needs.map(({ need }) => need),
    ),
  ]);
  const nameOf = pathNamer(kind, args);
  const told = needs.flatMap(({ need, isNow }, at) => {
    const why = lacks[at];
    return typeof why === "string" ? [{ line: `${nameOf(need.path)}: ${why}`, need, isNow }] : [];
  });
  const isRefused = ({ need, isNow }: (typeof told)[number]) =>
    need.refused === "define" || (need.refused === "start" && isNow);
  const opensNow = isStarted(look, change) || plugsNow(change);
  const waits = (line: string) => `${line}: ${later}`;
  return {
    obstacles: [
      ...files.missing,
      ...(opensNow ? files.closed : []),
      ...told.filter(isRefused).map(({ line }) => line),
    ],
    warnings: [
      ...(opensNow ? [] : files.closed.map(waits)),
      ...told
        .filter((each) => !isRefused(each))
        .map(({ line, need }) => (need.refused === "perhaps" ? line : waits(line))),
    ],
  };
}

type Changed = Pick<PlannedLook, "domain" | "plan"> | null;

/** Whether this change starts the guest. */
function isStarted(look: Look, change: Changed): boolean {
  const running = declaredRunning(look);
  if (change === null || treesOf(change.domain).live === null) return running === true;
  return change.plan.restarts && running !== false;
}

/**
 * Files that the change adds to the domain. When the change starts the guest, also the files that it had before; a guest
 * that is off is started by its Domain alone.
 */
function filesOfChange(look: Look, { domain, plan }: NonNullable<Changed>): Source[] {
  const added = newFilesOf(plan);
  const { inactive, live } = treesOf(domain);
  if (!isStarted(look, { domain, plan }) || (live === null && look.kind.name !== "Domain")) return added;
  const next = plan.define ?? inactive;
  const opened = filesOfStart(next, treesOfAll(look.connection.host, look.name));
  const isAdded = ({ disk, path }: Source) => added.some((each) => each.disk === disk && each.path === path);
  return [...added, ...opened.filter((each) => !isAdded(each))];
}

const plugsNow = (change: Changed) => change?.plan.liveSteps.some(({ plugs }) => plugs) === true;

/**
 * Returns the needs that the change adds to the domain. When the change starts the guest, also the needs that
 * the domain had before.
 */
function neededBy(look: Look, change: Changed): { readonly need: HostNeed; readonly isNow: boolean }[] {
  const { kind, declared } = look;
  const starts = isStarted(look, change);
  const inactive = change && treesOf(change.domain).inactive;
  const next = change ? (change.plan.define ?? inactive ?? declared) : declared;
  const idOf = ({ path, value }: HostNeed) => `${path} ${value}`;
  const before = new Set(inactive ? findHostNeeds(inactive).map(idOf) : []);
  const own = new Set(findHostNeeds(declared).map(({ path }) => path));
  // An unknown value may decide what the rest of the domain needs.
  const isOpen = hasUnknown(look.args);
  const isAsked = (need: HostNeed) =>
    (need.isDevice || !isOpen) &&
    (!before.has(idOf(need)) || (starts && (kind.name === "Domain" || own.has(need.path))));
  return findHostNeeds(next)
    .filter(isAsked)
    .map((need) => ({ need, isNow: starts || (need.isDevice && plugsNow(change)) }));
}
