import * as pulumi from "@pulumi/pulumi";

/** Asks the plugin; what is secret in the answer stays so. */
export function invoke<T>(
  name: string,
  args: pulumi.Inputs,
  options?: pulumi.InvokeOptions,
): pulumi.Output<T> {
  return pulumi.runtime.invokeOutput(`virsh:index:${name}`, args, options ?? {});
}
