import { forRun } from "../../host/process/perRun.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { AnyKind } from "../../model/arguments/kinds.ts";

/**
 * Ids of resources that this run imported. Nobody has declared the values that an import finds, so none of them may
 * be removed because the program does not name it. The engine stores the found values as inputs. If the program
 * declares less, an update in the same run must replace them by the program's, or the next run would remove the
 * difference.
 */
const imported = forRun(() => new Set<string>());

export function noteImport(id: string): void {
  imported().add(id);
}

/** Arguments that were declared for a resource. For an imported one, only those that identify it. */
export function recordedOf(id: string, kind: AnyKind, args: Arguments): Arguments {
  if (!imported().has(id)) return args;
  const identifying = ["host", "domain", "pool", "name", kind.key];
  return Object.fromEntries(Object.entries(args).filter(([name]) => identifying.includes(name)));
}

export function isImported(id: string): boolean {
  return imported().has(id);
}
