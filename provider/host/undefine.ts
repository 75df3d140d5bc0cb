import { HostError } from "../errors.ts";
import { parseDomainXml } from "../model/xml/parse.ts";
import { valueAt } from "../model/xml/read.ts";
import type { Connection } from "./connection.ts";
import type { DomainFacts } from "./facts.ts";
import type { PowerOff } from "./power.ts";
import { powerOff } from "./power.ts";
import { readDomain } from "./read.ts";
import { runOne, virsh } from "./virsh.ts";

/** What goes with a domain when it is undefined: name in `undefineWith` → flag of `virsh undefine`. */
const companions = {
  managedSave: "--managed-save",
  snapshotsMetadata: "--snapshots-metadata",
  checkpointsMetadata: "--checkpoints-metadata",
  nvram: "--nvram",
  tpm: "--tpm",
} as const;
export type Companion = keyof typeof companions;

export interface Removal extends PowerOff {
  /** What may be taken along. Absent: nothing; what is there stops the removal. */
  readonly undefineWith?: readonly Companion[];
}

/** Powers off and undefines; gone already is good too. Disk images stay. @throws HostError */
export async function removeDomain(connection: Connection, name: string, how: Removal): Promise<void> {
  const { domain } = await readDomain(connection, name);
  if (!domain) return;
  const found = await companionsOf(connection, domain);
  const kept = found.filter((each) => !how.undefineWith?.includes(each));
  if (kept.length > 0) {
    throw new HostError(`undefining "${name}" would take along: ${kept.join(", ")}`, connection.host, {
      remedy: `nothing has changed; save what is needed, then allow it with undefineWith: ${JSON.stringify(kept)} (pulumi up, then again)`,
    });
  }
  if (domain.liveXml !== null) await powerOff(connection, domain, how);
  // A transient domain is gone with its power.
  if (!domain.persistent) return;
  const flags = found.map((each) => companions[each]);
  await runOne(
    connection,
    `can't undefine "${name}"`,
    virsh(connection, ["undefine", domain.uuid, ...flags]),
  );
}

async function companionsOf(connection: Connection, domain: DomainFacts): Promise<Companion[]> {
  const tree = parseDomainXml(domain.inactiveXml);
  const nvram = valueAt(tree, "os/nvram");
  const [snapshots, checkpoints, variables] = await connection.run(
    [
      virsh(connection, ["snapshot-list", domain.uuid, "--name"]),
      virsh(connection, ["checkpoint-list", domain.uuid, "--name"]),
      { argv: ["test", "-e", nvram || "/nonexistent"] },
    ],
    { keepGoing: true },
  );
  const found: Readonly<Record<Companion, boolean>> = {
    managedSave: domain.managedSave,
    snapshotsMetadata: snapshots?.exitCode === 0 && snapshots.stdout.trim() !== "",
    checkpointsMetadata: checkpoints?.exitCode === 0 && checkpoints.stdout.trim() !== "",
    nvram: variables?.exitCode === 0,
    tpm: valueAt(tree, "devices/tpm/backend/@type") === "emulator",
  };
  return (Object.keys(companions) as Companion[]).filter((each) => found[each]);
}
