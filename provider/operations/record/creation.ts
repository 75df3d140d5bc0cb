/**
 * Records for the plan file what creating a resource will do. Pulumi asks a provider what an update changes,
 * but never what a creation does.
 */

import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { emptyDomain } from "../../model/xml/tree.ts";
import { planDomain } from "../../plan/plan.ts";
import { lintsOf, lintsOfNew } from "../findings/lints.ts";
import type { ResourcePreview } from "../preview.ts";
import { planFile, recordHost, recordNewDomain, recordResource, recordUnread } from "./planFile.ts";

/**
 * Records nothing while the host, domain or key is unknown; the engine's own preview covers such a resource.
 * @param secrets Names of arguments whose values must not be shown. Default: none.
 */
export async function recordCreation(
  kind: Kind,
  args: Arguments,
  { seen, unreachable }: ResourcePreview,
  secrets?: ReadonlySet<string>,
): Promise<void> {
  if (planFile() === null) return;
  if (unreachable) return recordUnread(kind, args, unreachable);
  if (!seen) return;
  const { look, planned, obstacles } = seen;
  const { declared, snapshot } = look;
  const key = kind.key === null ? "" : look.args[kind.key];
  if (typeof key !== "string" && typeof key !== "number") return;
  await recordHost(look);
  if (planned) return recordResource(planned, { obstacles, lints: lintsOf(planned), secrets });
  const lints = lintsOfNew(look, null);
  if (kind.name === "Domain") return recordNewDomain(look, lints, obstacles);
  // A part of a domain that another resource creates first.
  const situation = { ...snapshot.host, inactive: emptyDomain, live: null };
  const plan = planDomain(null, declared, situation);
  recordResource({ ...look, situation, plan, runState: [] }, { obstacles, lints, secrets });
}
