import * as pulumi from "@pulumi/pulumi";

/**
 * A step of a fleet other than its guests. The installed package's handlers perform it, whichever front end the
 * guests use. Its constant text, like that of resources/resource.ts, must never change.
 */
export class FleetStep extends pulumi.CustomResource {
  constructor(
    kind: "HostPlacement" | "Baseline" | "Wave",
    name: string,
    properties: pulumi.Inputs,
    options: pulumi.CustomResourceOptions,
  ) {
    const __provider = `exports.handler = () => require("pulumi-virsh/handlers").handlers.${kind};`;
    super(`pulumi-nodejs:virsh:${kind}`, name, { ...properties, __provider }, options);
  }
}
