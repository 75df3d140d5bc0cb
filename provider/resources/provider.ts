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

/** By its type, so that a provider of another copy of this package, or of a generated SDK, counts too. */
function isProvider(value: pulumi.ProviderResource): boolean {
  return (value as unknown as { readonly __pulumiType?: string }).__pulumiType === "pulumi:providers:virsh";
}

/** Whether the plugin serves a resource: it or what it stands in was given a Provider, or the program says so. */
export function isNative(options: pulumi.CustomResourceOptions): boolean {
  if (options.provider !== undefined) return isProvider(options.provider);
  if (options.parent?.getProvider("virsh:index:Domain") !== undefined) return true;
  const frontEnd = new pulumi.Config("virsh").get("frontEnd") ?? process.env.PULUMI_VIRSH_FRONT_END;
  return frontEnd === "native";
}
