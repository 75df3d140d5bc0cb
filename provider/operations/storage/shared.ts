/** What pools and volumes have in common. */
import { HostError } from "../../errors.ts";
import { parseHostUri } from "../../host/connection/uri.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import type { StorageKind } from "../../model/arguments/kinds.ts";
import { checkArguments } from "../../model/arguments/kinds.ts";
import type { Difference } from "../diff.ts";
import type { ResourcePreview } from "../preview.ts";

export const noDifference: Difference = {
  isNeeded: false,
  changes: [],
  runState: [],
  lines: [],
  obstacles: [],
  lints: [],
  unreachable: null,
};

export const noPreview: Omit<ResourcePreview, "outputs"> = {
  lines: [],
  obstacles: [],
  lints: [],
  unreachable: null,
  seen: null,
};

export function findInvalid(kind: StorageKind, args: Arguments): Failure[] {
  const uri = typeof args.host === "string" ? parseHostUri(args.host) : null;
  const host = uri && "failure" in uri ? [{ property: "host", reason: uri.failure }] : [];
  return [...checkArguments(kind, args), ...host];
}

/** Returns a host's error as a value: a preview goes on without that host. */
export async function unreachableOr<T>(read: Promise<T>): Promise<T | HostError> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof HostError) return error;
    throw error;
  }
}
