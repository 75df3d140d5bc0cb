/** What the operations of pools and of volumes have in common. */
import { HostError } from "../../errors.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { connectionTo } from "../../host/connections.ts";
import { expectStorage } from "../../host/read/snapshot.ts";
import type { StorageKind } from "../../model/arguments/kinds.ts";
import { visible } from "../../model/values/visible.ts";
import type { Obstacle, StorageChange } from "../../plan/storage/facts.ts";
import { findInvalid } from "../check.ts";
import { notPossible } from "../findings/obstacles.ts";
import type { Operations } from "../operations.ts";
import { findDuplicate, findReplaced, identified, isPlaced, noteDeclared } from "./place.ts";

/** The operations that need to know only where an object is. */
export function placeOperations(kind: StorageKind) {
  return {
    findInvalid: (args) => findInvalid(kind, args),
    findRefused: (args, by) => {
      noteDeclared(kind, args, by);
      if (isPlaced(kind, args)) expectStorage(connectionTo(String(args.host)));
      return [];
    },
    findDuplicate: (args, by) => findDuplicate(kind, args, by),
    findUnknown: async () => null,
    findReplaced: (recorded, args) => findReplaced(kind, recorded, args),
    noteLeaving: () => {},
    identified: (id, args) => identified(kind, id, args),
  } satisfies Partial<Operations>;
}

export const told = ({ property, reason }: Obstacle) => `${property} ${reason}`;

/** Obstacles as lines of a preview. */
export function obstacleLines(name: string, obstacles: readonly Obstacle[]): string[] {
  return obstacles.map((each) => visible(notPossible(name, told(each))));
}

/** Changes as lines of a preview. */
export function changeLines(name: string, changes: readonly StorageChange[]): string[] {
  return changes.map(({ property, before, after, label }) =>
    visible(`${name}: ${property} ${before} → ${after} (${label})`),
  );
}

/** @throws HostError where there are obstacles; `what` says that the object is not, or can't be, as declared */
export function refuse({ host }: Connection, what: string, obstacles: readonly Obstacle[]): void {
  if (obstacles.length === 0) return;
  throw new HostError(what, host, {
    stderr: obstacles.map(told).join("; "),
    remedy: "nothing has changed on the host",
  });
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
