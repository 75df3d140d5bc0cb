import * as pulumi from "@pulumi/pulumi";
import { leaveAfterEngine } from "./leave.ts";
import { isNative } from "./provider.ts";
import { readAhead } from "./readAhead.ts";

/** Names of a resource's properties. */
export interface Properties {
  /** Arguments that come back as they were given. */
  readonly given: readonly string[];
  /** Outputs that the host decides, whether there is an argument of that name or not. */
  readonly made: readonly string[];
}

/** A resource whose work is done by the installed package's handlers, or by the plugin where that is chosen. */
export abstract class VirshResource extends pulumi.CustomResource {
  /** `chosen` is the argument that is picked at creation when it is not given. */
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
    if (!native) readAhead((args as { readonly host?: unknown }).host);
    // Every registered property costs the program 0.1 ms and more; what is read from the host needs them all.
    const isRead = [options.id, options.urn, options.import].some((each) => each !== undefined);
    // The plugin fills in its own host where none is given.
    const registered = isRead ? [...given, ...made] : native ? ["host", ...made] : made;
    const properties: pulumi.Inputs = Object.fromEntries(registered.map((each) => [each, undefined]));
    Object.assign(properties, args);
    const dynamicType = `pulumi-nodejs:virsh:${kind}`;
    // A stack whose front end is changed keeps its resources.
    const aliases = [...(options.aliases ?? []), { type: dynamicType }];
    if (native) super(`virsh:index:${kind}`, name, properties, { ...options, aliases });
    else super(dynamicType, name, { ...properties, __provider: providerOf(kind) }, options);
    for (const each of given)
      if (!Object.hasOwn(this, each))
        Object.defineProperty(this, each, { get: () => pulumi.output(undefined), configurable: true });
    // An update leaves outputs unknown in a preview, and all that depends on them; the id is known.
    if (!native && chosen !== undefined && properties[chosen] === undefined)
      Object.assign(this, { [chosen]: this.id.apply((id) => Number(id.slice(id.lastIndexOf("/") + 1))) });
  }
}

/**
 * One short constant text per kind: no closure of ours is ever serialized, so editing the provider never
 * shows as a change and old code never runs. It must never change: it is part of every state.
 */
function providerOf(kind: string): string {
  return `exports.handler = () => require("pulumi-virsh/handlers").handlers.${kind};`;
}
