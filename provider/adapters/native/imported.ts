import { forRun } from "../../host/process/perRun.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";

/**
 * Resources that this run imported. Nobody has declared what an import finds: nothing of it may be taken away
 * because the program does not name it. The engine keeps what was found as the inputs; where the program says less,
 * an update in the same run has to put the program's in their place, or the next one would take it away.
 */
const imported = forRun(() => new Set<string>());

export function noteImport(id: string): void {
  imported().add(id);
}

/** What was declared for this resource. Of an imported one: nothing but what tells which it is. */
export function recordedOf(id: string, kind: Kind, args: Arguments): Arguments {
  if (!imported().has(id)) return args;
  const identifying = ["host", "domain", "name", kind.key];
  return Object.fromEntries(Object.entries(args).filter(([name]) => identifying.includes(name)));
}

export function isImported(id: string): boolean {
  return imported().has(id);
}
