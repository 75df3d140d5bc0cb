import * as pulumi from "@pulumi/pulumi";

/** Calls a function of the plugin. Secrets in the result stay secret. */
export function invoke<T>(
  name: string,
  args: pulumi.Inputs,
  options?: pulumi.InvokeOptions,
): pulumi.Output<T> {
  return pulumi.runtime.invokeOutput(`virsh:index:${name}`, args, options ?? {});
}
