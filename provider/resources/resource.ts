import * as pulumi from "@pulumi/pulumi";

/** A resource whose work is done by the installed package's handlers. */
export abstract class VirshResource extends pulumi.CustomResource {
  protected constructor(
    kind: string,
    name: string,
    properties: pulumi.Inputs,
    options?: pulumi.CustomResourceOptions,
  ) {
    super(`pulumi-nodejs:virsh:${kind}`, name, { ...properties, __provider: providerOf(kind) }, options);
  }
}

/**
 * One short constant text per kind: no closure of ours is ever serialized, so editing the provider never
 * shows as a change and old code never runs. It must never change: it is part of every state.
 */
function providerOf(kind: string): string {
  return `exports.handler = () => require("pulumi-virsh/handlers").handlers.${kind};`;
}
