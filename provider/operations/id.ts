import { HostError } from "../errors.ts";
import { parseHostUri } from "../host/connection/uri.ts";
import { canonicalHost } from "../host/connections.ts";
import type { Arguments } from "../model/arguments/field.ts";
import type { AnyKind, Kind } from "../model/arguments/kinds.ts";
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
  const split = splitId(id, defaults);
  const { host, rest } = split;
  const [name = "", kindName, ...key] = rest.split("/");
  const isFine =
    name !== "" &&
    (kind.key === null ? kindName === undefined : kindName === kind.name && key.join("/") !== "");
  if (isFine && split.failure === null) return { host, name, key: kind.key === null ? null : key.join("/") };
  const form = kind.key === null ? "URI#domain" : `URI#domain/${kind.name}/${kind.key}`;
  const others =
    kind.key === null ? ` for a Domain; others are ${Object.keys(kinds).slice(1).join(", ")}` : "";
  throw unreadableId(kind, split, `"${form}"${others}`);
}

interface SplitId {
  /** The host's URI, as it was written or set. */
  readonly host: string;
  /** What follows the first `#`. */
  readonly rest: string;
  /** The id for messages, without credentials. */
  readonly shown: string;
  /** Why the host's URI can't be used; `null` when it can. */
  readonly failure: string | null;
}

/** Splits an id into its host and what is behind it. Without a URI the provider's host is used. */
export function splitId(id: string, defaults: Arguments): SplitId {
  const at = id.indexOf("#");
  const host = at > 0 ? id.slice(0, at) : String(defaults.host ?? "");
  const rest = id.slice(at + 1);
  const shown = at > 0 ? `${canonicalHost(host)}#${rest}` : canonicalHost(id);
  const uri = parseHostUri(host);
  return { host, rest, shown, failure: "failure" in uri ? uri.failure : null };
}

/** @param form How to write such an id */
export function unreadableId(kind: AnyKind, { host, shown, failure }: SplitId, form: string): HostError {
  return new HostError(`can't read the id "${shown}"`, canonicalHost(host) || "no host", {
    code: "settingUnusable",
    stderr: failure === null ? `it is no ${kind.name}` : `its host ${failure}`,
    remedy: `nothing was done; write it as ${form}`,
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
