import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { diffDomain } from "../../provider/plan/diff.ts";

const virsh = (args: readonly string[]) =>
  spawnSync("virsh", ["-q", "-c", "qemu:///system", ...args], { encoding: "utf8", timeout: 30_000 });

/** Defines each text under a name of ours, dumps it, compares and takes it away again. */
export function acceptedByLibvirt(
  texts: readonly string[],
  say: (text: string) => void,
): { readonly accepted: number; readonly empty: number } {
  const folder = mkdtempSync(join(tmpdir(), "corpus-"));
  const file = join(folder, "domain.xml");
  let accepted = 0;
  let empty = 0;
  texts.forEach((text, i) => {
    const name = `corpus-${i}`;
    const own = text
      .replace(/<name>[^<]*<\/name>/, `<name>${name}</name>`)
      .replace(/<uuid>[^<]*<\/uuid>/, "");
    writeFileSync(file, own);
    if (virsh(["define", "--validate", file]).status !== 0) return;
    accepted++;
    const dump = virsh(["dumpxml", "--inactive", "--security-info", name]).stdout;
    virsh(["undefine", "--nvram", name]);
    const sides = { recorded: null, desired: parseDomainXml(own), actual: parseDomainXml(dump) };
    const { changes } = diffDomain(sides);
    if (changes.length === 0) empty++;
    for (const { kind, path, before, after } of changes) say(`  real: ${kind} ${path} ${before} → ${after}`);
  });
  rmSync(folder, { recursive: true });
  return { accepted, empty };
}
