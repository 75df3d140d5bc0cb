import { HostError } from "../errors.ts";
import { parseHostUri } from "../host/connection/uri.ts";
import { canonicalHost, connectionTo } from "../host/connections.ts";
import { snapshotOf } from "../host/read/snapshot.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { kinds } from "../model/arguments/kinds.ts";
import { parseDomainXml } from "../model/xml/parse.ts";
import { adoptedArguments } from "../plan/arguments/adopted.ts";
import { declare } from "../plan/arguments/declaration.ts";
import { planDomain } from "../plan/plan.ts";
import { situationOf } from "../plan/situation/situation.ts";
import type { Found } from "./diff.ts";
import { factsOf, idOf } from "./state.ts";

/**
 * A resource that nobody declared yet, with the arguments that describe it; null when there is none such.
 * @throws HostError for an id that can't be read, and when the host can't be.
 */
export async function importResource(kind: Kind, id: string, defaults: Arguments): Promise<Found | null> {
  const { host, name, key } = parseId(kind, id, defaults);
  const { host: facts, domains } = await snapshotOf(connectionTo(host));
  const domain = domains.get(name);
  if (!domain) return null;
  const inactive = parseDomainXml(domain.inactiveXml);
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
  return { id: idOf(kind, inputs), inputs, outputs: { ...inputs, ...factsOf(kind, inputs, domain, plan) } };
}

interface Id {
  readonly host: string;
  /** Of the domain. */
  readonly name: string;
  /** What tells the resource from others of its kind; null for a domain. */
  readonly key: string | null;
}

/** `URI#domain`, with `/Kind/key` after it for what belongs to a domain; the provider's host where the URI is absent. */
function parseId(kind: Kind, id: string, defaults: Arguments): Id {
  const form = kind.key === null ? "URI#domain" : `URI#domain/${kind.name}/${kind.key}`;
  const at = id.lastIndexOf("#");
  const host = at > 0 ? id.slice(0, at) : String(defaults.host ?? "");
  const [name = "", kindName, ...key] = id.slice(at + 1).split("/");
  const uri = parseHostUri(host);
  const isFine =
    name !== "" && (kind.key === null ? kindName === undefined : kindName === kind.name && key.length > 0);
  if (isFine && !("failure" in uri)) return { host, name, key: kind.key === null ? null : key.join("/") };
  const said = "failure" in uri ? `its host ${uri.failure}` : `it is no ${kind.name}`;
  throw new HostError(`can't read the id "${canonicalHost(host)}${id.slice(at)}"`, canonicalHost(host), {
    code: "settingUnusable",
    stderr: said,
    remedy: `nothing was done; write it as "${form}"${kind.key === null ? ` for a Domain; others are ${Object.keys(kinds).slice(1).join(", ")}` : ""}`,
  });
}
