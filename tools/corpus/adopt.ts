import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { printIndented } from "../../provider/model/xml/indent.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import { checkResource } from "../../provider/operations/check.ts";
import { adoptGuest } from "../../provider/plan/adopt/guest.ts";
import { declare } from "../../provider/plan/arguments/declaration.ts";
import { planDomain } from "../../provider/plan/plan.ts";
import type { Situation } from "../../provider/plan/situation/situation.ts";
import type { Figure } from "./measure.ts";
import type { Pair } from "./pairs.ts";
import { defineAll, named, virsh } from "./real.ts";

const host = "qemu:///system";

/** Adopts every domain that the local libvirt accepts. No resource may be refused or change anything. */
export function measureAdoption(pairs: readonly Pair[]): Figure {
  const folder = mkdtempSync(join(tmpdir(), "corpus-"));
  const names = pairs.map((_, i) => `tv-${process.pid}-adopt-${i}`);
  const texts = pairs.map(({ desired }, i) => printXml(named(desired, names[i] ?? "")));
  const exceptions: string[] = [];
  let [all, resources] = [0, 0];
  try {
    for (const [i, text] of defineAll("define", folder, names, texts).entries()) {
      if (text === null) continue;
      all++;
      const found = adoptionOf(names[i] ?? "", text);
      resources += found.resources;
      exceptions.push(...found.wrong.map((each) => `${pairs[i]?.name}: ${each}`));
    }
  } finally {
    virsh(names.map((name) => `undefine ${name} --nvram --managed-save`));
    rmSync(folder, { recursive: true });
  }
  const bad = new Set(exceptions.map((each) => each.split(":")[0])).size;
  const notes = [`${all} of ${pairs.length} pairs accepted, ${resources} resources`];
  return { name: "adopted without a change", good: all - bad, all, wanted: 1, notes, exceptions };
}

function adoptionOf(name: string, text: string): { readonly resources: number; readonly wrong: string[] } {
  const situation: Situation = {
    inactive: parseDomainXml(text),
    live: null,
    libvirtVersion: 9_000_000,
    onlineCpus: [0, 1],
  };
  const state = { name, isPersistent: true, autostart: false, managedSave: false, state: "shut off" };
  const { resources } = adoptGuest(state, situation);
  const wrong = resources.length === 0 ? ["nothing of it is adopted"] : [];
  for (const { kind: kindName, label, args } of resources) {
    const kind = kinds[kindName];
    // Print one element per line, as a written program has it.
    const xml = typeof args.xml === "string" ? { xml: printIndented(parseDomainXml(args.xml)) } : {};
    const written = { host, ...(kindName === "Domain" ? {} : { domain: name }), ...args, ...xml };
    const failures = checkResource(kind, written);
    wrong.push(
      ...failures.map(({ property, reason }) => `${kindName} ${label} refused: ${property} ${reason}`),
    );
    const { define, changes } = planDomain(null, declare(kind, written), situation);
    wrong.push(
      ...changes.map(
        ({ change: { path, before, after } }) => `${kindName} ${label}: ${path}: ${before} → ${after}`,
      ),
    );
    if (define !== null && changes.length === 0) wrong.push(`${kindName} ${label}: would be defined`);
  }
  return { resources: resources.length, wrong };
}
