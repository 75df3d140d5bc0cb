import { HostError } from "../errors.ts";
import { parseHostUri } from "../host/connection/uri.ts";
import { canonicalHost } from "../host/connections.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { Kind } from "../model/arguments/kinds.ts";
import { kinds } from "../model/arguments/kinds.ts";

interface Id {
  readonly host: string;
  /** The domain's name. */
  readonly name: string;
  /** Identifies the resource among others of its kind in the domain; `null` for a domain. */
  readonly key: string | null;
}

/**
 * Parses `URI#domain`, followed by `/Kind/key` for a part of a domain. Without a URI the provider's host is
 * used. A domain's name may contain `#` and a host's URI never does, so the first `#` separates them.
 * @throws HostError when the id can't be parsed
 */
export function parseId(kind: Kind, id: string, defaults: Arguments = {}): Id {
  const at = id.indexOf("#");
  const host = at > 0 ? id.slice(0, at) : String(defaults.host ?? "");
  const rest = id.slice(at + 1);
  const [name = "", kindName, ...key] = rest.split("/");
  const uri = parseHostUri(host);
  const isFine =
    name !== "" &&
    (kind.key === null ? kindName === undefined : kindName === kind.name && key.join("/") !== "");
  if (isFine && !("failure" in uri)) return { host, name, key: kind.key === null ? null : key.join("/") };
  const form = kind.key === null ? "URI#domain" : `URI#domain/${kind.name}/${kind.key}`;
  const shown = at > 0 ? `${canonicalHost(host)}#${rest}` : canonicalHost(id);
  throw new HostError(`can't read the id "${shown}"`, canonicalHost(host) || "no host", {
    code: "settingUnusable",
    stderr: "failure" in uri ? `its host ${uri.failure}` : `it is no ${kind.name}`,
    remedy: `nothing was done; write it as "${form}"${kind.key === null ? ` for a Domain; others are ${Object.keys(kinds).slice(1).join(", ")}` : ""}`,
  });
}

/**
 * Fills in a state's missing identity arguments from the resource's id. Without them we would look under a
 * wrong name and take the resource for gone.
 * @throws HostError when the id lacks them too
 */
export function identified(kind: Kind, id: string, args: Arguments): Arguments {
  const needed = kind.name === "Domain" ? ["host"] : ["host", "domain", kind.key ?? "host"];
  const isNamed = kind.name !== "Domain" || isGiven(args.name) || isGiven(args.xml);
  if (isNamed && needed.every((name) => isGiven(args[name]))) return args;
  const { host, name, key } = parseId(kind, id);
  const isNumber = kind.key !== null && kind.fields[kind.key]?.type.kind === "integer";
  const told: Arguments = {
    host,
    ...(kind.name === "Domain" ? (isNamed ? {} : { name }) : { domain: name }),
    ...(kind.key === null ? {} : { [kind.key]: isNumber ? Number(key) : key }),
  };
  const lacked = Object.entries(told).filter(([each]) => !isGiven(args[each]));
  return { ...args, ...Object.fromEntries(lacked) };
}

const isGiven = (value: unknown) => (value ?? null) !== null;
