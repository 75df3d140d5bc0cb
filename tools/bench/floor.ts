/**
 * What the engine and Node.js cost by themselves: loaded with NODE_OPTIONS=--require, it puts handlers that do
 * nothing in the place of this package's, so that the program, its resources and its state stay the same.
 */
import Module from "node:module";
import { join } from "node:path";

type Properties = Readonly<Record<string, unknown>>;

const nothing = {
  // What a class adds for the check alone is taken out by it, as the handlers do.
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

/** In the program: nothing is read. */
export function readAhead(): void {}

/** For every kind of resource. */
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
