import type { Arguments } from "../../model/arguments/field.ts";
import type { AnyKind } from "../../model/arguments/kinds.ts";

const keysOf = (path: string) => path.split(/[.[\]"]+/).filter((word) => word !== "");

/** Whether `ignored` has the property or a property that contains it. */
export function isIgnored({ property }: { readonly property: string }, ignored: readonly string[]): boolean {
  const keys = keysOf(property);
  return ignored.some((path) => keysOf(path).every((key, index) => key === "*" || key === keys[index]));
}

/**
 * The arguments without the ignored ones, which are in Pulumi's syntax (`cpuTune.shares`, `disks[*].cache`). The
 * provider leaves undeclared values alone. Required arguments stay.
 */
export function withoutIgnored(kind: AnyKind, args: Arguments, ignored: readonly string[]): Arguments {
  return ignored.reduce((left, path) => {
    const keys = keysOf(path);
    const [first = ""] = keys;
    const isNeeded =
      keys.length === 1 && (kind.fields[first]?.required || first === "name" || first === kind.key);
    return isNeeded ? left : (without(left, keys) as Arguments);
  }, args);
}

function without(value: unknown, [key = "", ...rest]: readonly string[]): unknown {
  if (Array.isArray(value))
    return key === "*" || String(Number(key)) === key
      ? value.flatMap((item, index) => {
          if (key !== "*" && Number(key) !== index) return [item];
          return rest.length === 0 ? [] : [without(item, rest)];
        })
      : value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      if (key !== "*" && name !== key) return [[name, inner]];
      return rest.length === 0 ? [] : [[name, without(inner, rest)]];
    }),
  );
}
