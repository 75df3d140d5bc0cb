/**
 * Finds the URN of the resource that a call to the dynamic provider concerns. The SDK's server passes properties and
 * an id, but not the URN. Its requests know the URN, so we note it for the properties they return. If an SDK reads
 * its requests in another way, nothing is found, and messages appear under the stack as with any dynamic provider.
 */

import { createRequire } from "node:module";
import type * as provider from "@pulumi/pulumi/proto/provider_pb.js";

const urns = new WeakMap<object, string>();

interface Request {
  getUrn(): string;
}

interface Properties {
  toJavaScript(): object;
}

/** Requests of the SDK's server, with the method that returns the properties. */
const getters = {
  CheckRequest: "getNews",
  DiffRequest: "getNews",
  CreateRequest: "getProperties",
  UpdateRequest: "getNews",
  ReadRequest: "getProperties",
  DeleteRequest: "getProperties",
} as const satisfies Partial<Record<keyof typeof provider, string>>;

/** Starts to note the URNs. `server` is the file of the SDK's server, whose own copy of the SDK defines the requests. */
export function noteCallers(server: string): void {
  const messages = createRequire(server)("@pulumi/pulumi/proto/provider_pb.js") as Record<
    string,
    { readonly prototype: Record<string, (this: Request) => Properties | undefined> } | undefined
  >;
  for (const [name, getter] of Object.entries(getters)) {
    const prototype = messages[name]?.prototype;
    const get = prototype?.[getter];
    if (!prototype || !get) continue;
    prototype[getter] = function (this: Request) {
      const struct = get.call(this);
      const urn = this.getUrn();
      const read = struct?.toJavaScript.bind(struct);
      if (struct && read)
        struct.toJavaScript = () => {
          const properties = read();
          urns.set(properties, urn);
          return properties;
        };
      return struct;
    };
  }
}

/** URN of the resource with these properties; empty when unknown. */
export function callerOf(properties: object): string {
  return urns.get(properties) ?? "";
}
