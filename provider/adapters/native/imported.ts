import type { Arguments } from "../../model/arguments/field.ts";
import type { Kind } from "../../model/arguments/kinds.ts";
import type { Edit } from "../../plan/edited.ts";
import { editedArguments } from "../../plan/edited.ts";

/**
 * Resources that this run imported. Nobody has declared what an import finds, so until the program has run,
 * nothing of it may be taken away because the program does not name it.
 */
const imported = new Set<string>();

export function noteImport(id: string): void {
  imported.add(id);
}

const identifying = ["host", "domain", "name", "ioThreadId", "ioThread", "target", "index"];

/** What was declared for this resource. Of an imported one: nothing but what tells which it is. */
export function recordedOf(id: string, args: Arguments): Arguments {
  if (!imported.has(id)) return args;
  return Object.fromEntries(Object.entries(args).filter(([name]) => identifying.includes(name)));
}

/** Where the program was edited. Against an import, only what does not stand in the domain's XML can be. */
export function editsOf(id: string, kind: Kind, before: Arguments, after: Arguments): Edit[] {
  const edits = editedArguments(kind, before, after);
  if (!imported.has(id)) return edits;
  return edits.filter(({ property, kind: how }) => {
    const [name = ""] = property.split(/[.[]/, 1);
    return how !== "delete" && name !== "xml" && kind.fields[name]?.xml === undefined;
  });
}
