/** Converts the dynamic resources in a stack's state to native ones. Ids and arguments stay the same. Reads no guest. */

type Json = Record<string, unknown>;

interface Resource extends Json {
  readonly urn: string;
  readonly type: string;
}

export interface Migrated {
  /** The new state, in the form of `pulumi stack export`. */
  readonly state: Json;
  /** New URNs of the converted resources. */
  readonly urns: readonly string[];
}

const dynamicType = /^pulumi-nodejs:virsh:(\w+)$/;
const providerType = "pulumi:providers:virsh";

/** Converts a state. @throws Error when it is not an exported state, or has operations with unknown outcome */
export function migrateState(state: unknown, newId: () => string): Migrated {
  const deployment = (state as Json | null)?.deployment as Json | undefined;
  const resources = (deployment?.resources ?? []) as readonly Resource[];
  if (typeof deployment !== "object" || !Array.isArray(resources))
    throw new Error("this is no state of a stack; make one with: pulumi stack export");
  const own = resources.filter(({ type }) => dynamicType.test(type));
  const pending = (
    (deployment.pending_operations ?? []) as readonly { readonly resource: Resource }[]
  ).filter(({ resource }) => dynamicType.test(resource.type));
  if (pending.length > 0)
    throw new Error(
      `${pending.map(({ resource }) => resource.urn).join(", ")}: an operation was interrupted; run pulumi refresh first`,
    );
  if (own.length === 0) return { state: state as Json, urns: [] };
  const known = resources.find(({ urn, type }) => type === providerType && urn.endsWith("::default"));
  const provider = known ?? defaultProvider(own[0]?.urn ?? "", newId());
  const reference = `${provider.urn}::${String(provider.id)}`;
  const moved = resources.map((each) => migrateResource(each, reference));
  const first = moved.findIndex(({ type }) => type.startsWith("virsh:index:"));
  const placed = known ? putFirst(moved, provider.urn) : moved.toSpliced(first, 0, provider);
  const isLoaderUsed = ({ type, urn }: Resource) =>
    type !== "pulumi:providers:pulumi-nodejs" ||
    placed.some((each) => String(each.provider ?? "").startsWith(`${urn}::`));
  return {
    state: { ...(state as Json), deployment: { ...deployment, resources: placed.filter(isLoaderUsed) } },
    urns: own.map(({ urn }) => migrateUrn(urn)),
  };
}

/** Moves a provider before the first resource that it serves. */
function putFirst(resources: readonly Resource[], urn: string): Resource[] {
  const provider = resources.filter((each) => each.urn === urn);
  const others = resources.filter((each) => each.urn !== urn);
  const first = others.findIndex(({ type }) => type.startsWith("virsh:index:"));
  return others.toSpliced(first, 0, ...provider);
}

/** The default provider, which the engine makes for resources that name none. */
function defaultProvider(urn: string, id: string): Resource {
  const [stack] = urn.split("::");
  const [, project] = urn.split("::");
  return {
    urn: `${stack}::${project}::${providerType}::default`,
    custom: true,
    id,
    type: providerType,
    inputs: {},
    outputs: {},
  };
}

function migrateResource(resource: Resource, provider: string): Resource {
  const linked = migrateLinks(resource);
  const kind = dynamicType.exec(resource.type)?.[1];
  if (kind === undefined) return linked;
  const { undeclared: _facts, ...outputs } = withoutLoader(linked.outputs);
  return {
    ...linked,
    type: `virsh:index:${kind}`,
    provider,
    inputs: withoutLoader(linked.inputs),
    outputs,
    ...(linked.propertyDependencies
      ? { propertyDependencies: withoutLoader(linked.propertyDependencies) }
      : {}),
  };
}

function withoutLoader(properties: unknown): Json {
  const { __provider, ...own } = (properties ?? {}) as Json;
  return own;
}

const links = [
  "urn",
  "parent",
  "dependencies",
  "propertyDependencies",
  "deletedWith",
  "replaceWith",
  "aliases",
];

/** Converts references to other resources: a URN contains the types of a resource and its parents. */
function migrateLinks(resource: Resource): Resource {
  const entries = links
    .filter((name) => resource[name] !== undefined && resource[name] !== null)
    .map((name) => [name, migrateAll(resource[name])]);
  return { ...resource, ...Object.fromEntries(entries) };
}

function migrateAll(value: unknown): unknown {
  if (typeof value === "string") return migrateUrn(value);
  if (Array.isArray(value)) return value.map(migrateAll);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, migrateAll(inner)]));
}

function migrateUrn(urn: string): string {
  const parts = urn.split("::");
  if (parts.length < 4 || !urn.startsWith("urn:pulumi:")) return urn;
  const types = (parts[2] ?? "").split("$").map((type) => type.replace(dynamicType, "virsh:index:$1"));
  return parts.with(2, types.join("$")).join("::");
}
