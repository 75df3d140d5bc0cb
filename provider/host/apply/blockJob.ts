import { parseDomainXml } from "../../model/xml/parse.ts";
import { elementsAt, valueAt } from "../../model/xml/read.ts";
import { sayBlockJob, wayOut } from "../../plan/checks/blockJobs.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import type { Connection } from "../connection/connection.ts";
import { diskInBlockJob } from "../virsh/errors.ts";
import { virsh } from "../virsh/virsh.ts";

/** The block job that made a command fail, and how to end it; null when none did. */
export async function describeBlockJob(
  connection: Connection,
  { name, uuid, liveXml }: DomainFacts,
  stderr: string,
): Promise<string | null> {
  const said = diskInBlockJob(stderr);
  if (said === null || liveXml === null) return null;
  const targets = elementsAt(parseDomainXml(liveXml), "devices/disk").map((disk) =>
    valueAt(disk, "target/@dev"),
  );
  // The name comes from the text of an error: use it only if it is the target of a disk.
  const target = targets.find((each) => each === said);
  if (target === undefined) return null;
  const [asked] = await connection.run([virsh(connection, ["blockjob", uuid, target, "--raw"])]);
  const type = /^ *type=(.+)$/m.exec(asked?.stdout ?? "")?.[1];
  return type === undefined ? null : sayBlockJob(target, type, wayOut(name, target, type));
}
