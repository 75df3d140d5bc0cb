import * as pulumi from "@pulumi/pulumi";

/**
 * A step of a fleet beside its guests, done by the installed package's handlers whichever front end the guests have:
 * by a constant text as in resources/resource.ts, which must never change.
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
