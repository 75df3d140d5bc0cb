/**
 * The first step of every comparison and preview of a resource: reads the host's snapshot of this run, parses
 * the declaration, and plans the change when the domain exists.
 */

import { HostError } from "../errors.ts";
import type { Lifecycle, RunStateChange } from "../host/apply/runState.ts";
import { diffLifecycle } from "../host/apply/runState.ts";
import type { Connection } from "../host/connection/connection.ts";
import { connectionTo } from "../host/connections.ts";
import { requireRead } from "../host/read/busy.ts";
import type { HostSnapshot } from "../host/read/read.ts";
import { snapshotOf, snapshotOrFailure } from "../host/read/snapshot.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import type { Plan, Tried } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import type { DomainFacts } from "../plan/situation/facts.ts";
import type { Situation } from "../plan/situation/situation.ts";
import { noteDeclaration } from "./declarations/otherDeclarations.ts";
import { comingSituation } from "./declarations/together.ts";
import { allowedOf } from "./state.ts";

/** A host as it was when this run first asked it. */
export interface HostLook {
  readonly connection: Connection;
  readonly snapshot: HostSnapshot;
}

/** A resource and its host. */
export interface Look extends HostLook {
  readonly kind: Kind;
  readonly args: Arguments;
  /** The domain that the resource is or belongs to. */
  readonly name: string;
  /** The resource's declaration: a `<domain>` that holds nothing else. */
  readonly declared: XmlElement;
}

/** A resource with the plan for its domain. */
export interface PlannedLook extends Look {
  readonly situation: Situation;
  readonly plan: Plan;
  readonly runState: readonly RunStateChange[];
  readonly domain: DomainFacts;
  /**
   * `recorded` and `desired` are what the plan was made from. `recorded` is what was applied last; `null`
   * when nothing was.
   */
  readonly recorded: XmlElement | null;
  readonly desired: XmlElement;
}

/**
 * Reads the host of a resource. Returns the error instead of throwing it, because previews go on without the
 * host.
 */
export async function lookAtHost(args: Arguments): Promise<HostLook | HostError> {
  const connection = connectionTo(String(args.host));
  const snapshot = await snapshotOrFailure(connection);
  return snapshot instanceof HostError ? snapshot : { connection, snapshot };
}

/**
 * Reads the host of a domain that must be read.
 * @throws HostError when the host can't be read, or the domain exists and can't be read
 */
export async function hostOfDomain(uri: string, name: string, uuid?: string): Promise<HostSnapshot> {
  const connection = connectionTo(uri);
  const snapshot = await snapshotOf(connection);
  requireRead(connection, snapshot, name, uuid);
  return snapshot;
}

/** Also notes the declaration, for the checks and lints of the program's other resources. */
export function lookAt(host: HostLook, kind: Kind, args: Arguments): Look {
  const declared = declare(kind, args);
  noteDeclaration(kind, args, declared);
  return { ...host, kind, args, name: domainNameOf(kind, args), declared };
}

/**
 * Plans a resource for its domain. `recorded` is what the resource declared when it was last applied; `null`
 * for a new resource.
 */
export function planLook(
  look: Look,
  domain: DomainFacts,
  recorded: XmlElement | null,
  tried: readonly Tried[] = [],
): PlannedLook {
  const situation = comingSituation(look, domain);
  const plan = planDomain(recorded, look.declared, situation, allowedOf(look.args), tried);
  return withPlan(look, domain, { situation, plan, recorded, desired: look.declared });
}

/** Returns the look with a plan that the caller made. */
export function withPlan(
  look: Look,
  domain: DomainFacts,
  planned: Pick<PlannedLook, "situation" | "plan" | "recorded" | "desired">,
): PlannedLook {
  const runState = look.kind.name === "Domain" ? diffLifecycle(look.args as Lifecycle, domain) : [];
  return { ...look, ...planned, domain, runState };
}
