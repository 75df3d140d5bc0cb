import { mapObject } from "./leaves.ts";
import type { Literal, LiteralObject } from "./literal.ts";
import { printNew } from "./literal.ts";
import { markOf, withSecretCodes } from "./marks.ts";
import { capital } from "./names.ts";
import type { Part } from "./prepare.ts";

/** Names that the statements of a guest refer to. */
export interface Scope {
  /** Expression for the host. */
  readonly host: string;
  /** Variable of the Domain. */
  readonly domain: string;
  /** Variable of the part with this label. */
  readonly variable: (label: string) => string;
  /** Name of the resource with this label. */
  readonly resource: (label: string) => string;
  /** The guest's resource name in keys of secrets. */
  readonly guest: { readonly code: string } | string;
  /** Variable of the resources' options. */
  readonly options: string;
  readonly indent: number;
}

/** Prints the resources of one guest as statements. */
export function printParts(parts: readonly Part[], scope: Scope): string {
  const threads = new Map(
    parts.filter(({ kind }) => kind === "IoThread").map(({ label, args }) => [args.ioThreadId, label]),
  );
  const used = new Set<string>();
  const refer = (id: Literal): Literal => {
    const label = threads.get(id);
    if (label === undefined) return id;
    used.add(label);
    return markOf({ text: `${scope.variable(label)}.ioThreadId` });
  };
  const all = parts.map((part) => ({ ...part, args: referring(part, refer) }));
  return all
    .map(({ kind, label, args }) => {
      const isReferred = label === "" ? parts.length > 1 : kind === "IoThread" && used.has(label);
      const name = label === "" ? scope.domain : scope.variable(label);
      const place: LiteralObject = {
        host: markOf({ text: scope.host }),
        ...(label === "" ? {} : { domain: markOf({ text: `${scope.domain}.name` }) }),
      };
      const resource = scope.resource(label);
      const literal = mapObject({ ...place, ...args }, ({ value }) =>
        typeof value === "string" ? withSecretCodes(value, scope.guest) : value,
      );
      const blanks = " ".repeat(scope.indent);
      const start = `${isReferred ? `const ${name} = ` : ""}new virsh.${kind}`;
      return `${blanks}${printNew(start, [resource, literal, markOf({ text: scope.options })], scope.indent)}`;
    })
    .join("");
}

/** Replaces ids of threads that are resources of their own by references to these. */
function referring({ kind, args }: Part, refer: (id: Literal) => Literal): LiteralObject {
  if (kind === "Domain" || kind === "IoThread") return args;
  const { ioThread, ioThreads } = args;
  const mapping = Array.isArray(ioThreads)
    ? { ioThreads: ioThreads.map((each: LiteralObject) => ({ ...each, id: refer(each.id ?? 0) })) }
    : {};
  return { ...args, ...(ioThread === undefined ? {} : { ioThread: refer(ioThread) }), ...mapping };
}

/** Name of a part's variable, which begins with the guest's: `webIo1`. */
export const variableOf = (guest: string, label: string) => `${guest}${capital(label)}`;
