import * as pulumi from "@pulumi/pulumi";

/** Compares the type, so that a provider of another copy of this package, or of a generated SDK, counts too. */
function isProvider(value: pulumi.ProviderResource): boolean {
  return (value as unknown as { readonly __pulumiType?: string }).__pulumiType === "pulumi:providers:virsh";
}

/** Whether the plugin serves a resource: the resource or its parent has a Provider, or the program chooses the plugin. */
export function isNative(options: pulumi.CustomResourceOptions): boolean {
  if (options.provider !== undefined) return isProvider(options.provider);
  if (options.parent?.getProvider("virsh:index:Domain") !== undefined) return true;
  const frontEnd = new pulumi.Config("virsh").get("frontEnd") ?? process.env.PULUMI_VIRSH_FRONT_END;
  return frontEnd === "native";
}
