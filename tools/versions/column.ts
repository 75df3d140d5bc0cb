import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../sandbox/folders.ts";

/** What one host made of the trials. */
export interface Column {
  /** Versions as numbers: 9.0.0 is 9000000. */
  readonly libvirt: number;
  readonly qemu: number;
  /** Name of a trial → its result. */
  readonly results: Readonly<Record<string, string>>;
}

export const columnsFile = join(repository, "docs/versions.json");

/** The columns that were written, oldest libvirt first. */
export function readColumns(): readonly Column[] {
  return (JSON.parse(readFileSync(columnsFile, "utf8")) as { columns: readonly Column[] }).columns;
}

/** Names a column, as `9.0 / 7.2`: without the patch version, because a patch release adds no feature. */
export const releaseOf = ({ libvirt, qemu }: Pick<Column, "libvirt" | "qemu">): string =>
  [libvirt, qemu]
    .map((version) => `${Math.floor(version / 1e6)}.${Math.floor(version / 1e3) % 1e3}`)
    .join(" / ");
