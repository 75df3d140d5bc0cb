/**
 * What a resource that the state does not know yet will do, for the plan file: Pulumi asks a provider what an
 * update changes, and never what a creation does.
 */

import { HostError } from "../../errors.ts";
import type { Lifecycle } from "../../host/apply/runState.ts";
import { diffLifecycle } from "../../host/apply/runState.ts";
import { connectionTo } from "../../host/connections.ts";
import { snapshotOrFailure } from "../../host/read/snapshot.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import { emptyDomain } from "../../model/xml/tree.ts";
import { declare, domainNameOf } from "../../plan/arguments/declaration.ts";
import { planDomain } from "../../plan/plan.ts";
import { comingSituation } from "../declarations/together.ts";
import { lintsOf, lintsOfNew } from "../findings.ts";
import { obstaclesOfChange, obstaclesOfNew } from "../obstacles.ts";
import { allowedOf } from "../state.ts";
import { planFile, recordHost, recordNewDomain, recordResource, recordUnreachable } from "./planFile.ts";

/**
 * What can't be placed yet (an unknown host, domain or key) is left to the engine's own preview.
 * @param secrets Names of arguments whose values are not to be shown. Absent: none.
 * @param foreseen What `foreseeResource` told of it: the id that a thread will get.
 */
export async function recordCreation(
  kind: Kind,
  given: Arguments,
  foreseen: Arguments,
  secrets?: ReadonlySet<string>,
): Promise<void> {
  const args = kind.key === null ? given : { ...given, [kind.key]: foreseen[kind.key] };
  const places = [args.host, kind.name === "Domain" ? (args.name ?? args.xml) : args.domain];
  const key = kind.key === null ? "" : args[kind.key];
  if (planFile() === null || places.some((place) => typeof place !== "string")) return;
  if (typeof key !== "string" && typeof key !== "number") return;
  const connection = connectionTo(String(args.host));
  const snapshot = await snapshotOrFailure(connection);
  if (snapshot instanceof HostError) return recordUnreachable(connection, snapshot);
  await recordHost(connection, snapshot);
  const name = domainNameOf(kind, args);
  const declared = declare(kind, args);
  const domain = snapshot.domains.get(name);
  const resource = { connection, kind, args, domain: name, secrets };
  if (domain) {
    const situation = comingSituation(connection, snapshot.host, domain);
    const plan = planDomain(null, declared, situation, allowedOf(args));
    const lints = lintsOf({ host: connection.host, domain: name, declared, situation, plan, snapshot });
    const runState = kind.name === "Domain" ? diffLifecycle(args as Lifecycle, domain) : [];
    const asked = { connection, snapshot, kind, args, name, declared };
    const obstacles = await obstaclesOfChange(asked, domain, plan);
    return recordResource({ ...resource, plan: { ...plan, obstacles }, situation, lints, runState });
  }
  const lints = lintsOfNew({ host: connection.host, domain: name, declared, snapshot }, null);
  if (kind.name === "Domain") return recordNewDomain(connection, kind, args, name, declared, lints);
  // A part of a domain that another resource makes first.
  const situation = { ...snapshot.host, inactive: emptyDomain, live: null };
  const obstacles = await obstaclesOfNew({ connection, snapshot, kind, args, name, declared });
  const plan = { ...planDomain(null, declared, situation), obstacles };
  recordResource({ ...resource, plan, situation, lints, runState: [] });
}
