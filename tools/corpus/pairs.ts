import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import type { XmlElement } from "../../provider/model/xml/tree.ts";

/** A text that somebody wrote, and libvirt's dump after it accepted that text. */
export interface Pair {
  readonly name: string;
  readonly desiredText: string;
  readonly actualText: string;
  readonly desired: XmlElement;
  readonly actual: XmlElement;
  /**
   * Version of the libvirt that dumped it, as a number. Omitted when SOURCES.tsv beside the pairs does not
   * name it.
   */
  readonly libvirtVersion?: number | undefined;
}

const suffix = ".desired.xml";

/** Reads a folder of `NAME.desired.xml` and `NAME.dumpxml.xml`; `null` when it does not exist. */
export function readPairs(folder: string): readonly Pair[] | null {
  if (!existsSync(folder)) return null;
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .sort();
  const versions = versionsIn(join(folder, "SOURCES.tsv"));
  return names.map((name) => {
    const desiredText = readFileSync(join(folder, `${name}${suffix}`), "utf8");
    const actualText = readFileSync(join(folder, `${name}.dumpxml.xml`), "utf8");
    const [desired, actual] = [parseDomainXml(desiredText), parseDomainXml(actualText)];
    return { name, desiredText, actualText, desired, actual, libvirtVersion: versions.get(name) };
  });
}

/** Reads pair → version from lines with a field that holds `libvirt 9.0.0`. */
function versionsIn(file: string): ReadonlyMap<string, number> {
  const lines = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
  return new Map(
    lines.flatMap((line): [string, number][] => {
      const [, major, minor, micro] = /\tlibvirt (\d+)\.(\d+)\.(\d+)(?:\t|$)/.exec(line) ?? [];
      const version = Number(major) * 1_000_000 + Number(minor) * 1_000 + Number(micro);
      return Number.isNaN(version) ? [] : [[line.split("\t")[0] ?? "", version]];
    }),
  );
}
