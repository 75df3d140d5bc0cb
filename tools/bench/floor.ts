/**
 * Measures what the engine and Node.js cost by themselves. NODE_OPTIONS=--require loads this file, which
 * replaces this package's handlers by empty ones. Program, resources and state stay the same.
 */
import Module from "node:module";
import { join } from "node:path";

type Properties = Readonly<Record<string, unknown>>;

const nothing = {
  // Removes what a class adds only for the check, as the real handlers do.
  check: async (_olds: Properties, { __registration: _, ...news }: Properties) => ({
    inputs: news,
    failures: [],
  }),
  diff: async () => ({}),
  create: async (inputs: Properties) => ({ id: String(inputs.name), outs: inputs }),
  update: async (_id: string, _olds: Properties, news: Properties) => ({ outs: news }),
  read: async (id: string, props: Properties) => ({ id, props, inputs: props }),
  delete: async () => {},
};

/** Replaces the program's reader; reads nothing. */
export function readAhead(): void {}

/** Empty handlers for every kind of resource. */
export const handlers = new Proxy({}, { get: () => nothing });

interface Resolver {
  _resolveFilename(request: string, ...rest: unknown[]): string;
}

if (process.env.NODE_OPTIONS?.includes(__filename) === true) {
  const resolver = Module as unknown as Resolver;
  const original = resolver._resolveFilename;
  resolver._resolveFilename = function (this: unknown, request, ...rest) {
    if (request === "pulumi-virsh/handlers" || request === "./readAhead.js") return __filename;
    if (request === "./native/service.js") return join(__dirname, "nativeFloor.js");
    return original.call(this as Resolver, request, ...rest);
  };
}
