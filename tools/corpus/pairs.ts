import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import type { XmlElement } from "../../provider/model/xml/tree.ts";

/** What somebody wrote, and what libvirt prints after it accepted that. */
export interface Pair {
  readonly name: string;
  readonly desiredText: string;
  readonly actualText: string;
  readonly desired: XmlElement;
  readonly actual: XmlElement;
}

const suffix = ".desired.xml";

/** Folder of `NAME.desired.xml` and `NAME.dumpxml.xml`; null when it is not there. */
export function readPairs(folder: string): readonly Pair[] | null {
  if (!existsSync(folder)) return null;
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .sort();
  return names.map((name) => {
    const desiredText = readFileSync(join(folder, `${name}${suffix}`), "utf8");
    const actualText = readFileSync(join(folder, `${name}.dumpxml.xml`), "utf8");
    const [desired, actual] = [parseDomainXml(desiredText), parseDomainXml(actualText)];
    return { name, desiredText, actualText, desired, actual };
  });
}
