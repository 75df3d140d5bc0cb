import { locateIn } from "../host/read/locate.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import { declare, domainNameOf } from "../plan/arguments/declaration.ts";
import { driftedArguments } from "../plan/arguments/drift.ts";
import type { Ignored } from "../plan/checks/causes.ts";
import { stillIgnored, withoutIgnored } from "../plan/checks/causes.ts";
import { planDomain } from "../plan/plan.ts";
import { situationOf } from "../plan/situation/situation.ts";
import { foreignWords, mayUseForeign, renamedTo, vouchFor } from "./declarations/foreign.ts";
import { identified } from "./id.ts";
import { hostOfDomain } from "./look.ts";
import type { State } from "./state.ts";
import { factsOf, isThere } from "./state.ts";

export interface Found extends State {
  /** The arguments that a program would need for the host as it is. */
  readonly inputs: Arguments;
  /** Warnings: the domain has another name now, or another domain has its name. */
  readonly notes: readonly string[];
  /**
   * Whether the state stays unchanged, because another domain has the name and its facts are not this
   * resource's.
   */
  readonly isKept: boolean;
}

/**
 * Reads what is there now; `null` when the resource is gone. The UUID last seen identifies the domain: we
 * still find it when it was renamed on the host, and another domain of its name is not ours. In that case the
 * state keeps the resource. If we dropped it, the next update would take over the other domain without being
 * asked to.
 * @throws HostError when the host can't be read; that never counts as "gone"
 */
export async function readResource(
  kind: Kind,
  state: State,
  uuid?: string,
  ignored: readonly Ignored[] = [],
): Promise<Found | null> {
  const args = identified(kind, state.id, state.outputs);
  const name = domainNameOf(kind, args);
  const { host, domains } = await hostOfDomain(String(args.host), name, uuid);
  const located = locateIn(domains, name, uuid);
  const { foreign } = located;
  const isUsable = foreign !== null && mayUseForeign(kind, args, foreign);
  const domain = located.domain ?? (isUsable ? foreign : null);
  if (!domain && !foreign) return null;
  if (!domain)
    return {
      id: state.id,
      inputs: args,
      outputs: args,
      notes: [`${name}: ${foreignWords(foreign as NonNullable<typeof foreign>, uuid)}`],
      isKept: true,
    };
  const situation = situationOf(host, domain);
  const declared = declare(kind, args);
  const planOf = (tree: XmlElement) => planDomain(tree, tree, situation);
  const whole = planOf(declared);
  const still = stillIgnored(whole, ignored, host.libvirtVersion);
  const plan = still.length === 0 ? whole : planOf(withoutIgnored(declared, still));
  if (!isThere(kind, args, host, domain)) return null;
  if (kind.name === "Domain" && domain === located.domain) vouchFor(args, domain);
  // Keep the declared name: with a new one, the next update would replace the guest.
  const due = plan.changes
    .filter(({ isDue, change }) => isDue && change.path !== "name")
    .map(({ change }) => change);
  const drifted = driftedArguments(kind, args, due, situation.live ?? situation.inactive);
  const inputs = {
    ...drifted,
    ...(args.running === undefined ? {} : { running: domain.liveXml !== null }),
    ...(args.autostart === undefined ? {} : { autostart: domain.autostart }),
  };
  return {
    id: state.id,
    inputs,
    outputs: { ...inputs, ...factsOf(kind, inputs, domain, plan) },
    notes: domain.name === name ? [] : [`${name}: ${renamedTo(name, domain.name, foreign)}`],
    isKept: false,
  };
}
