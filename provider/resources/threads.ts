import type * as pulumi from "@pulumi/pulumi";

/** Arguments and options that determine where a part is, as the program gave them. */
export interface Part {
  readonly kind: string;
  readonly args: object;
  readonly options: pulumi.CustomResourceOptions;
  /** The arguments, with the provider that is chosen by the options. */
  readonly place: object;
  /** The same for all parts that may be of one domain; `undefined` when it is not known. */
  readonly domain: unknown;
}

interface Thread extends Part {
  readonly id: number;
  readonly resource: pulumi.Resource;
}

/** IO threads of the program that are resources, by domain. One map per run that this process serves. */
const threadsByRun = new WeakMap<object, Map<unknown, Thread[]>>();

export function noteThread(run: object, part: Part, resource: pulumi.Resource): void {
  const id = argumentOf(part.args, "ioThreadId");
  if (part.kind !== "IoThread" || typeof id !== "number" || part.domain === undefined) return;
  const threads = threadsByRun.get(run) ?? new Map<unknown, Thread[]>();
  threadsByRun.set(run, threads);
  const own = threads.get(part.domain) ?? [];
  threads.set(part.domain, own);
  own.push({ ...part, id, resource });
}

/**
 * Finds the IO threads of the program that a pin, disk or controller names by number. It must wait for them;
 * otherwise `up` would create both at the same time. The result is known when the program's constructors have run, in
 * any order. `undefined` when it names no thread.
 */
export function threadsNamed(
  run: object,
  part: Part,
  isSameDomain: (one: object, other: object) => boolean,
): Promise<pulumi.Resource[]> | undefined {
  const ids = idsNamed(part.args);
  if (part.kind === "IoThread" || part.kind === "Domain" || ids.length === 0) return undefined;
  return new Promise((resolve) => {
    setImmediate(() => {
      const threads = threadsByRun.get(run)?.get(part.domain) ?? [];
      const own = threads.filter(
        (each) => ids.includes(each.id) && isFree(each, part) && isSameDomain(each.place, part.place),
      );
      resolve(own.map(({ resource }) => resource));
    });
  });
}

/** Whether a thread can't depend on the part. If it did, each would wait for the other forever. */
function isFree({ args, options }: Thread, part: Part): boolean {
  const others = Object.entries(args).filter(([name]) => name !== "host" && name !== "domain");
  const isPlain = others.every(([, value]) => typeof value !== "object");
  return isPlain && options.dependsOn === undefined && options.parent === part.options.parent;
}

function idsNamed(args: object): number[] {
  const mapped = argumentOf(args, "ioThreads");
  const list: unknown[] = Array.isArray(mapped) ? mapped : [];
  const ids = list.map((each) =>
    typeof each === "object" && each !== null ? argumentOf(each, "id") : undefined,
  );
  return [argumentOf(args, "ioThread"), ...ids].filter((id) => typeof id === "number");
}

const argumentOf = (args: object, name: string): unknown => (args as Readonly<Record<string, unknown>>)[name];
