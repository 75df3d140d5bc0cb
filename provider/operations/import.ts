import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { adoptedArguments } from "../plan/arguments/adopted.ts";
import { declare } from "../plan/arguments/declaration.ts";
import { planDomain } from "../plan/plan.ts";
import { situationOf, treesOf } from "../plan/situation/situation.ts";
import { parseId } from "./id.ts";
import { hostOfDomain } from "./look.ts";
import type { Found } from "./read.ts";
import { factsOf, idOf } from "./state.ts";

/**
 * Reads a resource that no program declared yet, with the arguments that describe it; `null` when it does not
 * exist.
 * @throws HostError when the id can't be parsed or the host can't be read
 */
export async function importResource(kind: Kind, id: string, defaults: Arguments): Promise<Found | null> {
  const { host, name, key } = parseId(kind, id, defaults);
  const { host: facts, domains } = await hostOfDomain(host, name);
  const domain = domains.get(name);
  if (!domain) return null;
  const inactive = treesOf(domain).inactive;
  const adopted = adoptedArguments(kind, inactive, key);
  if (!adopted) return null;
  const isDomain = kind.name === "Domain";
  const inputs: Arguments = {
    host,
    ...(isDomain ? {} : { domain: name }),
    ...adopted,
    ...(isDomain ? { running: domain.liveXml !== null, autostart: domain.autostart } : {}),
  };
  const plan = planDomain(null, declare(kind, inputs), situationOf(facts, domain));
  const outputs = { ...inputs, ...factsOf(kind, inputs, domain, plan) };
  return { id: idOf(kind, inputs), inputs, outputs, notes: [], isKept: false };
}
