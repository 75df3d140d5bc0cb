/**
 * A table without a prototype, for look-ups by names from outside: elements, attributes, arguments, domains. A plain
 * object would answer to `toString` or `constructor`, which are possible names.
 */
export function table<T extends object>(rows: T): T {
  return Object.assign(Object.create(null) as object, rows) as T;
}

/** An object's own property of that name, for objects that were made elsewhere. */
export function ownOf<T>(of: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined {
  return of && Object.hasOwn(of, name) ? of[name] : undefined;
}
