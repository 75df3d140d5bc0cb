import * as pulumi from "@pulumi/pulumi";
import type { ProviderArgs } from "./kinds.ts";

/** Names of settings that are kept encrypted. */
const secrets = ["privateKey", "keyPassphrase"] as const;

/**
 * The native provider plugin with settings of its own, such as one per host. Resources and components that are given
 * it are served by the plugin, which Pulumi.yaml has to name.
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
