/**
 * Which resource a call of Pulumi's dynamic provider is about: the SDK's server hands over properties and an id, and
 * keeps the URN to itself. Its requests know it, so what they give is noted with it. An SDK that reads its requests in
 * another way finds nothing here: what is said then belongs to the stack, as all that such a provider prints.
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

/** Requests of the SDK's server, with what each is asked for. */
const getters = {
  CheckRequest: "getNews",
  DiffRequest: "getNews",
  CreateRequest: "getProperties",
  UpdateRequest: "getNews",
  ReadRequest: "getProperties",
  DeleteRequest: "getProperties",
} as const satisfies Partial<Record<keyof typeof provider, string>>;

/** Begins to note. `server`: the file of the SDK's server, whose own copy of the SDK has the requests. */
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

/** URN of the resource whose properties were handed over; empty when it is not known. */
export function callerOf(properties: object): string {
  return urns.get(properties) ?? "";
}
