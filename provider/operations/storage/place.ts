/** Where a storage resource is, and which other resources of this run's program are in the same place. */

import { basename, join } from "node:path/posix";
import { HostError } from "../../errors.ts";
import type { Connection } from "../../host/connection/connection.ts";
import { canonicalHost } from "../../host/connections.ts";
import { forRun } from "../../host/process/perRun.ts";
import { compareHosts } from "../../host/read/hostIdentity.ts";
import { poolOf } from "../../host/storage/read.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import { hasUnknown } from "../../model/arguments/field.ts";
import type { StorageKind } from "../../model/arguments/kinds.ts";
import { storageKinds } from "../../model/arguments/kinds.ts";
import { declaredFolderOf, folderOf } from "../../plan/storage/pool.ts";
import type { Declarer } from "../declarations/otherDeclarations.ts";
import { splitId, unreadableId } from "../id.ts";
import type { Replacement } from "../replaced.ts";
import { replacedArguments } from "../replaced.ts";

/** Arguments that say which object it is on its host, from the outside to the inside. */
const parts: Readonly<Record<StorageKind["name"], readonly string[]>> = {
  StoragePool: ["name"],
  Volume: ["pool", "name"],
};

/** Whether host and name are known. */
export function isPlaced(kind: StorageKind, args: Arguments): boolean {
  const place = ["host", ...parts[kind.name]].map((name) => args[name]);
  return !hasUnknown(place) && place.every((value) => (value ?? null) !== null);
}

/** `images` for a pool, `images/data.qcow2` for a volume. */
export function nameOf(kind: StorageKind, args: Arguments): string {
  return parts[kind.name].map((part) => String(args[part])).join("/");
}

export function idOf(kind: StorageKind, args: Arguments): string {
  return `${canonicalHost(String(args.host))}#${kind.name}/${nameOf(kind, args)}`;
}

/**
 * Reads an id as arguments: `URI#Volume/images/data.qcow2`. Without a URI the provider's host is used.
 * @throws HostError when the id can't be parsed
 */
export function parseId(kind: StorageKind, id: string, defaults: Arguments = {}): Arguments {
  const split = splitId(id, defaults);
  const { host, rest, failure } = split;
  const [kindName, ...names] = rest.split("/");
  const wanted = parts[kind.name];
  const isFine =
    kindName === kind.name && names.length === wanted.length && names.every((name) => name !== "");
  if (isFine && failure === null)
    return { host, ...Object.fromEntries(wanted.map((part, index) => [part, names[index]])) };
  throw unreadableId(kind, split, `"URI#${[kind.name, ...wanted].join("/")}"`);
}

/** Fills in what a state lacks of the arguments that identify the resource. @throws HostError */
export function identified(kind: StorageKind, id: string, args: Arguments): Arguments {
  const needed = ["host", ...parts[kind.name]];
  return needed.every((name) => (args[name] ?? null) !== null) ? args : { ...parseId(kind, id), ...args };
}

interface Noted {
  readonly kind: StorageKind;
  readonly name: string;
  readonly host: string;
  readonly args: Arguments;
  readonly by: Declarer | null;
}

/** What the program of this run declares, by kind and name; objects on several hosts share an entry. */
const declared = forRun(() => new Map<string, Noted[]>());

/** Notes a declaration; one whose place is not known yet is left out. */
export function noteDeclared(kind: StorageKind, args: Arguments, by: Declarer | null): void {
  if (!isPlaced(kind, args)) return;
  const [name, host] = [nameOf(kind, args), String(args.host)];
  const key = `${kind.name}/${name}`;
  const others = (declared().get(key) ?? []).filter((each) =>
    by ? each.by?.id !== by.id : canonicalHost(each.host) !== canonicalHost(host),
  );
  declared().set(key, [...others, { kind, name, host, args, by }]);
}

/** What the program declares for this object, under any spelling of its host. */
async function declarationsOf(kind: StorageKind, name: string, host: string): Promise<Noted[]> {
  const found: Noted[] = [];
  for (const each of declared().get(`${kind.name}/${name}`) ?? []) {
    const relation = await compareHosts(host, each.host);
    if (relation === null)
      throw new HostError(
        `can't tell whether ${canonicalHost(each.host)} is the same host, where the program declares ${kind.name} ${name} too`,
        canonicalHost(host),
        { remedy: "nothing has changed; one of the two does not answer: run it again when both do" },
      );
    if (relation === "same") found.push(each);
  }
  return found;
}

/** The arguments with which the program declares this object; `null` when it does not. */
export async function declaredArguments(
  kind: StorageKind,
  name: string,
  host: string,
): Promise<Arguments | null> {
  return (await declarationsOf(kind, name, host))[0]?.args ?? null;
}

/**
 * Files of the volumes that the program has declared for a host before, made already or not: of those with the name of
 * one of these paths, for each guest of a program asks.
 */
export async function declaredFiles(
  connection: Connection,
  host: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const names = new Set(paths.map((path) => basename(path)));
  const files = new Set<string>();
  for (const noted of [...declared().values()].flat()) {
    const { kind, args } = noted;
    if (kind.name !== "Volume" || !names.has(String(args.name))) continue;
    if ((await compareHosts(host, noted.host)) !== "same") continue;
    const pool = String(args.pool);
    const own = await declaredArguments(storageKinds.StoragePool, pool, host).catch(() => null);
    const there = own ? null : await poolOf(connection, pool).catch(() => null);
    const folder = own ? declaredFolderOf(own) : there && folderOf(there);
    if (folder) files.add(join(folder, String(args.name)));
  }
  return files;
}

/** Finds another resource of the program that is the same object. */
export async function findDuplicate(
  kind: StorageKind,
  args: Arguments,
  by: Declarer | null,
): Promise<Failure[]> {
  if (!by || !isPlaced(kind, args)) return [];
  const name = nameOf(kind, args);
  const there = await declarationsOf(kind, name, String(args.host));
  const other = there.find((each) => each.by !== null && each.by.id !== by.id);
  if (!other?.by) return [];
  return [
    {
      property: "name",
      reason: `is in two resources, "${other.by.name}" and "${by.name}": both are ${kind.name} ${name} on ${canonicalHost(String(args.host))}; keep one of them`,
    },
  ];
}

/** Names the resource of the program that declares what a removal would take away; `null` when none does. */
export async function findSuccessor(kind: StorageKind, args: Arguments): Promise<string | null> {
  const [found] = await declarationsOf(kind, nameOf(kind, args), String(args.host));
  return found ? (found.by?.name ?? found.name) : null;
}

/**
 * Finds the arguments that make another object of it. Another spelling of the same host does not. The new object is
 * made first; the old one is removed at the end of the run, if the rules for its removal allow that.
 */
export async function findReplaced(
  kind: StorageKind,
  recorded: Arguments,
  args: Arguments,
): Promise<Replacement> {
  const none = { replaces: [], isDeletedFirst: false, notes: [] };
  const changed = replacedArguments(kind, recorded, args);
  if (changed.length === 0) return none;
  if (changed.every((name) => name === "host")) {
    const relation = await compareHosts(String(recorded.host), String(args.host));
    if (relation === "same") return none;
    if (relation === null)
      return {
        ...none,
        notes: [
          `can't tell whether ${canonicalHost(String(args.host))} is another spelling of ${canonicalHost(String(recorded.host))}, since one of them does not answer: nothing is replaced`,
        ],
      };
  }
  return {
    replaces: changed,
    isDeletedFirst: false,
    notes: [`another ${changed.join(", ")} makes another ${kind.name}, beside ${idOf(kind, recorded)}`],
  };
}
