import type * as pulumi from "@pulumi/pulumi";

/** Arguments and options that determine where a part is, as the program gave them. */
export interface Part {
  readonly kind: string;
  readonly args: object;
  readonly options: pulumi.CustomResourceOptions;
}

interface Thread extends Part {
  readonly resource: pulumi.Resource;
}

/** IO threads of the program that are resources, by id. One map per run that this process serves. */
const threadsByRun = new WeakMap<object, Map<number, Thread[]>>();

export function noteThread(run: object, part: Part, resource: pulumi.Resource): void {
  const id = argumentOf(part.args, "ioThreadId");
  if (part.kind !== "IoThread" || typeof id !== "number") return;
  const threads = threadsByRun.get(run) ?? new Map<number, Thread[]>();
  threadsByRun.set(run, threads);
  threads.set(id, [...(threads.get(id) ?? []), { ...part, resource }]);
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
      const threads = ids.flatMap((id) => threadsByRun.get(run)?.get(id) ?? []);
      const own = threads.filter((each) => isFree(each, part) && isSameDomain(each.args, part.args));
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
