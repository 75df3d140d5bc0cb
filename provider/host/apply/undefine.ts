import { HostError } from "../../errors.ts";
import { objects } from "../../model/objects.ts";
import { valueAt } from "../../model/xml/read.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import type { Command, CommandResult, Connection } from "../connection/connection.ts";
import { locateFrom } from "../read/locate.ts";
import type { DomainRead } from "../read/read.ts";
import { isPlainName, readingOf } from "../read/read.ts";
import { answerError, firstFailure } from "../virsh/errors.ts";
import { runOne, virsh } from "../virsh/virsh.ts";
import { hasVariables, mayHaveVariables } from "./firmwareVariables.ts";
import type { PowerOff } from "./power.ts";
import { powerOff } from "./power.ts";

/** Data that undefining a domain deletes with it: name in `undefineWith` → flag of `virsh undefine`. */
const companions = {
  managedSave: "--managed-save",
  snapshotsMetadata: "--snapshots-metadata",
  checkpointsMetadata: "--checkpoints-metadata",
  nvram: "--nvram",
  tpm: "--tpm",
} as const;
export type Companion = keyof typeof companions;

export interface Removal extends PowerOff {
  /** Data that may be deleted with the domain. Default: none; any that exists stops the removal. */
  readonly undefineWith?: readonly Companion[];
}

/** A domain that may be removed, with the names of its snapshots and of its checkpoints. */
export interface Removable {
  /** `null` when the domain is gone already. */
  readonly domain: DomainFacts | null;
  /** Another domain that has its name; `null` when there is none. */
  readonly foreign: DomainFacts | null;
  readonly lists: Lists;
}

/** Finds a domain by its name, and by its UUID when known. @throws HostError */
export async function findRemovable(
  connection: Connection,
  name: string,
  uuid: string | undefined,
): Promise<Removable> {
  const { read, lists } = await look(connection, name);
  if (uuid === undefined || read.domain?.uuid === uuid) return { domain: read.domain, foreign: null, lists };
  const { domain, foreign } = await locateFrom(connection, read, name, uuid);
  return { domain, foreign, lists: domain ? (await look(connection, domain.name)).lists : lists };
}

/** Powers a domain off and undefines it; succeeds if it is gone already. Disk images stay. @throws HostError */
export async function removeDomain(
  connection: Connection,
  { domain, lists }: Removable,
  how: Removal,
): Promise<void> {
  if (!domain) return;
  const { name } = domain;
  const found = await companionsOf(connection, domain, lists);
  const kept = found.filter((each) => !how.undefineWith?.includes(each));
  if (kept.length > 0) {
    throw new HostError(`undefining "${name}" would take along: ${kept.join(", ")}`, connection.host, {
      remedy: `nothing has changed; save what is needed, then allow it with undefineWith: ${JSON.stringify(kept)} (pulumi up, then again)`,
    });
  }
  if (domain.liveXml !== null) {
    if (lists.failure !== "")
      throw new HostError(`can't tell what undefining "${name}" would take along`, connection.host, {
        stderr: lists.failure,
        remedy: "nothing has changed; run it again",
      });
    await powerOff(connection, domain, how);
  }
  // A transient domain ceases to exist when it is off.
  if (!domain.persistent) return;
  // A user other than root may not see the variables' file, so pass an allowed flag even if no file was found.
  const isHidden = mayHaveVariables(domain) && !found.includes("nvram");
  const hidden: readonly Companion[] = isHidden && how.undefineWith?.includes("nvram") ? ["nvram"] : [];
  const flags = [...found, ...hidden].map((each) => companions[each]);
  await runOne(
    connection,
    `can't undefine "${name}"`,
    virsh(connection, [objects.domain.verbs.undefine, domain.uuid, ...flags]),
  );
}

async function look(
  connection: Connection,
  name: string,
): Promise<{ readonly read: DomainRead; readonly lists: Lists }> {
  const { command, parse } = readingOf(connection, name);
  const asked = isPlainName(name) ? [askLists(connection, name)] : [];
  const options = { isRead: true, keepGoing: true };
  const [said, listed] = await connection.run([command, ...asked], options);
  const read = parse(said);
  if (!read.domain) return { read, lists: { snapshots: "", checkpoints: "", failure: "" } };
  if (listed) return { read, lists: parseLists(connection, listed) };
  const [later] = await connection.run([askLists(connection, read.domain.uuid)], options);
  return { read, lists: parseLists(connection, later) };
}

interface Lists {
  readonly snapshots: string;
  readonly checkpoints: string;
  /** Why the lists could not be read; empty when they were. */
  readonly failure: string;
}

const between = "@@checkpoints";
const end = "@@end";

/**
 * Lists snapshots and checkpoints. For a domain that is off, a failed list counts as empty, because libvirt itself
 * refuses to undefine a domain that has some.
 */
function askLists(connection: Connection, domain: string): Command {
  const words = [
    `snapshot-list ${domain} --name`,
    `echo ${between}`,
    `checkpoint-list ${domain} --name`,
    `echo ${end}`,
  ];
  return virsh(connection, [words.join("; ")]);
}

/** @throws HostError when virsh did not print the lists to their end. */
function parseLists(connection: Connection, result: CommandResult | undefined): Lists {
  const [, snapshots, checkpoints] =
    new RegExp(`^([\\s\\S]*)${between}\n([\\s\\S]*)${end}\n`).exec(result?.stdout ?? "") ?? [];
  const stderr = result?.stderr ?? "";
  const said = { argv: result?.argv ?? [], stderr };
  if (snapshots === undefined || checkpoints === undefined)
    throw answerError("can't list snapshots and checkpoints", connection.host, said, "no end");
  return { snapshots: snapshots.trim(), checkpoints: checkpoints.trim(), failure: firstFailure(stderr) };
}

async function companionsOf(connection: Connection, domain: DomainFacts, lists: Lists): Promise<Companion[]> {
  const tree = treesOf(domain).inactive;
  const found: Readonly<Record<Companion, boolean>> = {
    managedSave: domain.managedSave,
    snapshotsMetadata: lists.snapshots !== "",
    checkpointsMetadata: lists.checkpoints !== "",
    nvram: await hasVariables(connection, domain),
    tpm: valueAt(tree, "devices/tpm/backend/@type") === "emulator",
  };
  return (Object.keys(companions) as Companion[]).filter((each) => found[each]);
}
