import * as pulumi from "@pulumi/pulumi";
import type { ProviderArgs } from "./kinds.ts";

/** Names of settings that the engine encrypts. */
const secrets = ["privateKey", "keyPassphrase"] as const;

/**
 * The native provider plugin with its own settings, such as one per host. The plugin serves the resources and
 * components that are given this provider. Pulumi.yaml must name the plugin.
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs = {}, options?: pulumi.ResourceOptions) {
    const entries = Object.entries(args).map(([key, value]) => {
      const text = pulumi.output(value).apply((plain) => (plain === undefined ? plain : String(plain)));
      return [key, secrets.some((each) => each === key) ? pulumi.secret(text) : text];
    });
    super("virsh", name, Object.fromEntries(entries), options);
  }
}
