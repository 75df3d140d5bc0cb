/**
 * A process that loads this file by `--require` loads the TypeScript compiler and npm's library when it first uses them.
 * Pulumi's SDK requires both as it starts, and uses them only to make text of a function, which a provider never does:
 * they took 0.33 s of the 0.51 s of CPU that loading the SDK took.
 */
import Module from "node:module";

type Load = (name: string, parent: unknown, isMain: boolean) => object;
const loader = Module as unknown as { _load: Load };
const load = loader._load;
const deferred: ReadonlySet<string> = new Set(["typescript", "@npmcli/arborist"]);

loader._load = (name, parent, isMain) =>
  deferred.has(name)
    ? new Proxy(
        {},
        {
          // The SDK takes a module that says so as it is, and reads all properties of any other.
          get: (_, key) => key === "__esModule" || Reflect.get(load(name, parent, isMain), key),
        },
      )
    : load(name, parent, isMain);
