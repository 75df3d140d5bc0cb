import { elementsAt, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { Plan } from "../plan/plan.ts";
import type { Connection } from "./connection.ts";

/** Files and block devices that a disk is made of on the host. */
function sourcesOf(disk: XmlElement): string[] {
  return [valueAt(disk, "source/@file"), valueAt(disk, "source/@dev")].filter((path) => path !== undefined);
}

/** Sources of all disks of a declared domain. */
export function filesOf(domain: XmlElement): string[] {
  return elementsAt(domain, "devices/disk").flatMap(sourcesOf);
}

/** Sources of disks that a plan adds, or whose source it changes. */
export function newFilesOf(plan: Plan): string[] {
  return plan.changes.flatMap(({ change: { kind, desired, path, after } }) => {
    if (kind === "add" && desired?.name === "disk") return sourcesOf(desired);
    return /^devices\/disk\[[^\]]*\]\/source\/@(file|dev)$/.test(path) && after !== null ? [after] : [];
  });
}

/** What is wrong with files that a disk names and that the host does not have. */
export async function findMissingFiles(connection: Connection, files: readonly string[]): Promise<string[]> {
  if (files.length === 0) return [];
  const results = await connection.run(
    files.map((file) => ({ argv: ["test", "-e", file] })),
    { keepGoing: true },
  );
  return files.flatMap((file, index) =>
    results[index]?.exitCode === 0
      ? []
      : [`source ${file} does not exist there; create it first, images are never made or deleted here`],
  );
}
