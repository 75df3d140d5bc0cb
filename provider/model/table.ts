/**
 * Tables whose keys are looked up with names that others chose: elements, attributes, arguments, domains. `toString` and
 * `constructor` are such names like any other, so a table has no prototype that would answer to them.
 */
export function table<T extends object>(rows: T): T {
  return Object.assign(Object.create(null) as object, rows) as T;
}

/** The value of a name in an object that somebody else made. */
export function ownOf<T>(of: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined {
  return of && Object.hasOwn(of, name) ? of[name] : undefined;
}
