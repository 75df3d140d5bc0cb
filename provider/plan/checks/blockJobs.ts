import { elementsAt, valueAt } from "../../model/xml/read.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { LiveStep } from "../live/steps.ts";

interface JobRow {
  /** The job's type as `virsh blockjob --raw` prints it. */
  readonly type: string;
  /**
   * The job's name in `mirror/@job` of the live XML. Omitted for jobs that the live XML does not show there.
   */
  readonly mirror?: string;
  /**
   * How to end the job, for messages. `NAME` and `DISK` are replaced by the guest's name and the disk's
   * target.
   */
  readonly ends: string;
}

/** Jobs during which libvirt does not detach their disk (libvirt 9.0.0). */
const rows: readonly JobRow[] = [
  {
    type: "Block Copy",
    mirror: "copy",
    ends: "virsh blockjob NAME DISK --pivot goes over to the copy, --abort stays with the original",
  },
  {
    type: "Active Block Commit",
    mirror: "active-commit",
    ends: "virsh blockjob NAME DISK --pivot completes it, --abort keeps the overlay",
  },
  { type: "Block Commit", ends: "virsh blockjob NAME DISK --abort ends it" },
  { type: "Block Pull", ends: "virsh blockjob NAME DISK --abort ends it" },
  { type: "Backup", ends: "virsh domjobabort NAME ends it" },
];

/** Says how to end the job. */
export function wayOut(name: string, disk: string, type: string): string {
  const row = rows.find((each) => each.type === type);
  const words = row?.ends ?? "virsh blockjob NAME DISK tells how far it is";
  return words.replace("NAME", () => name).replace("DISK", () => disk);
}

export function sayBlockJob(disk: string, type: string, end: string): string {
  return `the job "${type}" holds disk ${disk}: wait for its end (${end})`;
}

/** Finds disks that the plan detaches from the running guest while a copy or commit holds them. */
export function findBlockJobs(live: XmlElement | null, steps: readonly LiveStep[]): string[] {
  const leaving = new Set(steps.map(({ waitsFor }) => waitsFor).filter((alias) => alias !== undefined));
  if (!live || leaving.size === 0) return [];
  const name = valueAt(live, "name") ?? "?";
  return elementsAt(live, "devices/disk").flatMap((disk) => {
    const mirror = valueAt(disk, "mirror/@job");
    const target = valueAt(disk, "target/@dev") ?? "?";
    if (mirror === undefined || !leaving.has(valueAt(disk, "alias/@name") ?? "")) return [];
    const type = rows.find((row) => row.mirror === mirror)?.type ?? mirror;
    return [sayBlockJob(target, type, wayOut(name, target, type))];
  });
}
