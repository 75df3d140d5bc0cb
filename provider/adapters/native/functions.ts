import type { InvokeRequest } from "@pulumi/pulumi/proto/provider_pb.js";
import { InvokeResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import type { Arguments } from "../../model/arguments/field.ts";
import type { FunctionName } from "../../model/arguments/functions.ts";
import { functions } from "../../model/arguments/functions.ts";
import { callFunction, checkFunction } from "../../operations/functions.ts";
import { openOf, printFailures } from "./check.ts";
import { withHost } from "./configuration.ts";
import { receive, send } from "./wire.ts";

/** Calls a function of this provider. @throws Error when there is no such function */
export async function invoke(request: InvokeRequest): Promise<InvokeResponse> {
  const name = /^virsh:index:(\w+)$/.exec(request.getTok())?.[1] ?? "";
  if (!Object.hasOwn(functions, name))
    throw new Error(
      `this provider has no function ${request.getTok()}; it has ${Object.keys(functions).join(", ")}`,
    );
  const given = receive(request.getArgs());
  const args = withHost(given.values);
  const response = new InvokeResponse();
  const failures = checkFunction(name as FunctionName, args);
  if (failures.length > 0) response.setFailuresList(printFailures(failures, openOf(given)));
  else {
    const { values, secrets } = await callFunction(name as FunctionName, args);
    response.setReturn(send(withoutNulls(values) as Arguments, secrets));
  }
  return response;
}

/** What is not known or not there is omitted, as the documentation of the results says. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const given = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(given.map(([name, inner]) => [name, withoutNulls(inner)]));
}
