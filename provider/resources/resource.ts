import * as pulumi from "@pulumi/pulumi";
import { isNative } from "./frontEnd.ts";
import { leaveAfterEngine } from "./leave.ts";
import { readAhead } from "./readAhead.ts";
import { noteThread, threadsNamed } from "./threads.ts";

/** Names of a resource's properties. */
export interface Properties {
  /** Arguments that are returned as they were given. */
  readonly given: readonly string[];
  /** Outputs that the host determines, whether an argument has the same name or not. */
  readonly made: readonly string[];
}

/**
 * Domains that the engine deletes when the program drops them, so none that are retained or only read, with their
 * place.
 */
const domains = new WeakMap<pulumi.Resource, Place>();
/**
 * The same Domains by host and name, if the program gives both as plain text. One map per run that this process
 * serves.
 */
const domainsByPlace = new WeakMap<object, Map<string, pulumi.Resource>>();
const noRun = {};
let registrations = 0;

/** A resource that the installed package's handlers manage, or the plugin if the program chooses it. */
export abstract class VirshResource extends pulumi.CustomResource {
  /** `chosen` is the argument that the provider picks at creation when it is not given. */
  protected constructor(
    kind: string,
    name: string,
    { given, made }: Properties,
    args: object,
    options: pulumi.CustomResourceOptions = {},
    chosen?: string,
  ) {
    leaveAfterEngine();
    const native = isNative(options);
    if (!native) readAhead((args as { readonly host?: unknown }).host, kind);
    // Register few properties: each costs the program 0.1 ms or more. A resource that is read from the host needs
    // them all.
    const isRead = [options.id, options.urn, options.import].some((each) => each !== undefined);
    // The plugin fills in its host if none is given.
    const registered = isRead ? [...given, ...made] : native ? ["host", ...made] : made;
    const properties: pulumi.Inputs = Object.fromEntries(registered.map((each) => [each, undefined]));
    Object.assign(properties, args);
    const dynamicType = `pulumi-nodejs:virsh:${kind}`;
    const place: Place = { ...args, provider: options.provider };
    const deletedWith = options.deletedWith ?? (kind === "Domain" ? undefined : domainOf(place));
    const part = { kind, args, options, place, domain: domainKeyOf(place) };
    const threads = threadsNamed(runOf(), part, isSameDomain);
    const own = {
      ...options,
      ...(deletedWith && { deletedWith }),
      // The SDK takes lists in lists (3.250); its types do not.
      ...(threads && { dependsOn: [options.dependsOn ?? [], threads] as unknown as pulumi.Resource[] }),
    };
    // With this alias, a stack that changes its front end keeps its resources.
    const aliases = [...(options.aliases ?? []), { type: dynamicType }];
    if (native) super(`virsh:index:${kind}`, name, properties, { ...own, aliases });
    else {
      const __registration = `${++registrations}:${name}`;
      super(dynamicType, name, { ...properties, __provider: providerOf(kind), __registration }, own);
    }
    const isOwned = options.id === undefined && options.urn === undefined && !options.retainOnDelete;
    if (kind === "Domain" && isOwned) noteDomain(this, place);
    noteThread(runOf(), part, this);
    for (const each of given)
      if (!Object.hasOwn(this, each))
        Object.defineProperty(this, each, { get: () => pulumi.output(undefined), configurable: true });
    // In a preview of an update, outputs and all that depends on them are unknown. The id is known, so we derive this
    // output from it.
    if (!native && chosen !== undefined && properties[chosen] === undefined)
      Object.assign(this, { [chosen]: this.id.apply((id) => Number(id.slice(id.lastIndexOf("/") + 1))) });
  }
}

/** Arguments and options that determine where a resource is. */
interface Place {
  readonly host?: unknown;
  readonly name?: unknown;
  readonly domain?: unknown;
  readonly provider?: unknown;
}

function noteDomain(domain: pulumi.Resource, place: Place): void {
  domains.set(domain, place);
  if (typeof place.host === "string" && typeof place.name === "string")
    domainsOfRun().set(`${place.host}#${place.name}`, domain);
}

function domainsOfRun(): Map<string, pulumi.Resource> {
  const found = domainsByPlace.get(runOf()) ?? new Map<string, pulumi.Resource>();
  domainsByPlace.set(runOf(), found);
  return found;
}

const runOf = (): object => pulumi.runtime.getMonitor() ?? noRun;

/** Whether two parts are of one domain, given as text or by the Domain's output. */
function isSameDomain(one: Place, other: Place): boolean {
  const domain = domainOf(one);
  if (domain !== undefined) return domain === domainOf(other);
  const isSameHost = one.host === other.host && (one.host !== undefined || one.provider === other.provider);
  return typeof one.domain === "string" && one.domain === other.domain && isSameHost;
}

/** The domain's name where the program gives it as text, else its Domain: the same for all parts of one domain. */
function domainKeyOf(place: Place): unknown {
  if (typeof place.domain === "string") return place.domain;
  const domain = domainOf(place);
  const name = domain && domains.get(domain)?.name;
  return typeof name === "string" ? name : domain;
}

/**
 * Finds the program's Domain that a part belongs to. If one run removes both, the engine then deletes only the
 * Domain. Otherwise it would remove the parts first, and a disk that the running guest does not release would stop
 * it.
 */
function domainOf({ host, domain, provider }: Place): pulumi.Resource | undefined {
  if (typeof domain === "string")
    return typeof host === "string" ? domainsOfRun().get(`${host}#${domain}`) : undefined;
  const sources = sourcesOf(domain).filter((each) => domains.has(each));
  const [only] = sources;
  if (only === undefined || sources.length > 1) return undefined;
  const place = domains.get(only);
  const isThere =
    host === undefined
      ? place?.host === undefined && provider === place?.provider
      : host === place?.host || sourcesOf(host).includes(only);
  return isThere ? only : undefined;
}

/** Resources that a value comes from. The SDK has this method but does not declare it (3.250). */
function sourcesOf(value: unknown): pulumi.Resource[] {
  if (!pulumi.Output.isInstance(value)) return [];
  const { resources } = value as { readonly resources?: () => ReadonlySet<pulumi.Resource> };
  return [...(resources?.() ?? [])];
}

/**
 * Returns one short constant text per kind. No closure is serialized, so editing the provider never shows as a change
 * and old code never runs. The text must never change: it is part of every state.
 */
function providerOf(kind: string): string {
  return `exports.handler = () => require("pulumi-virsh/handlers").handlers.${kind};`;
}
