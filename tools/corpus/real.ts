import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml, parseXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import type { XmlElement } from "../../provider/model/xml/tree.ts";
import { diffTrees } from "../../provider/plan/diff.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";
import { type Edit, edits } from "./edits.ts";
import type { Pair } from "./pairs.ts";

export interface RealResult {
  /** Number of pairs that the local libvirt and QEMU accept with `define --validate`. */
  readonly accepted: number;
  /** Number of those whose edits they accept too. */
  readonly edited: number;
  readonly exceptions: readonly string[];
}

/**
 * Defines every pair under its own name, dumps and compares it, edits it through the merge, and repeats this.
 * One virsh handles each round. Finally, everything defined is undefined.
 */
export function askLibvirt(
  pairs: readonly Pair[],
  { validates = true }: { readonly validates?: boolean } = {},
): RealResult {
  const define = validates ? "define --validate" : "define";
  const folder = mkdtempSync(join(tmpdir(), "corpus-"));
  const names = pairs.map((_, i) => `tv-${process.pid}-corpus-${i}`);
  const declared = pairs.map(({ desired }, i) => named(desired, names[i] ?? ""));
  const exceptions: string[] = [];
  try {
    const first = defineAll(define, folder, names, declared.map(printXml));
    for (const [i, text] of first.entries()) {
      const [pair, own] = [pairs[i], declared[i]];
      if (text === null || !pair || !own) continue;
      const { changes } = diffTrees(domainSchema, {
        recorded: null,
        desired: own,
        actual: parseDomainXml(text),
      });
      for (const { kind, path, before, after } of changes)
        exceptions.push(`${pair.name}: ${kind} ${path}: ${before} → ${after}`);
    }
    // libvirt 9.0.0 gives a second virtio console another port when its own dump is defined again, without
    // any edit.
    const settled = defineAll(define, folder, names, first);
    const next = settled.map((text, i): { edit: Edit; wanted: XmlElement; tree: XmlElement } | null => {
      const own = declared[i];
      if (text === null || !own) return null;
      const actual = parseDomainXml(text);
      const edit = edits[i % edits.length];
      if (!edit) return null;
      const wanted = edit.change(own, actual);
      return {
        edit,
        wanted,
        tree: mergeTrees(domainSchema, { recorded: own, desired: wanted, actual }).tree,
      };
    });
    const second = defineAll(
      define,
      folder,
      names,
      next.map((each) => each && printXml(each.tree)),
      settled,
    );
    let edited = 0;
    next.forEach((each, i) => {
      const [before, after] = [settled[i], second[i]];
      if (!each || before == null || after == null || before === after) return;
      edited++;
      const about = `${pairs[i]?.name} edited (${each.edit.name})`;
      const { changes } = diffTrees(domainSchema, {
        recorded: each.wanted,
        desired: each.wanted,
        actual: parseDomainXml(after),
      });
      for (const { kind, path } of changes) exceptions.push(`${about}: ${kind} ${path}`);
      const strangers = changedLines(before, after).filter((line) => !each.edit.owns.test(line));
      if (strangers.length > 0)
        exceptions.push(`${about}: changed besides: ${strangers.join(" ").slice(0, 200)}`);
    });
    return { accepted: first.filter((text) => text !== null).length, edited, exceptions };
  } finally {
    virsh(names.map((name) => `undefine ${name} --nvram --managed-save`));
    rmSync(folder, { recursive: true });
  }
}

export function named(domain: XmlElement, name: string): XmlElement {
  const others = domain.children.filter(
    (child) => child.kind !== "element" || (child.name !== "name" && child.name !== "uuid"),
  );
  const own = [parseXml(`<name>${name}</name>`), parseXml(`<uuid>${randomUUID()}</uuid>`)];
  return { ...domain, children: [...own, ...others] };
}

/** Defines each domain and returns its dump; `null` for one that was refused. */
export function defineAll(
  define: string,
  folder: string,
  names: readonly string[],
  texts: readonly (string | null)[],
  before?: readonly (string | null)[],
): (string | null)[] {
  const commands = names.flatMap((name, i) => {
    const text = texts[i];
    const file = join(folder, `${i}.xml`);
    if (text == null) return [];
    writeFileSync(file, text);
    return [`${define} ${file}`, `dumpxml --inactive --security-info ${name}`];
  });
  const found = new Map<string, string>();
  for (const part of virsh(commands).split("virsh # ")) {
    const [, name, text] = /^dumpxml .* (\S+)\n(<domain[\s\S]*<\/domain>)/.exec(part) ?? [];
    if (name !== undefined && text !== undefined) found.set(name, text);
  }
  return names.map((name, i) => found.get(name) ?? before?.[i] ?? null);
}

/** Returns the output of all commands, each behind its prompt. */
export function virsh(commands: readonly string[]): string {
  const input = `${commands.join("\n")}\n`;
  const options = { input, encoding: "utf8", maxBuffer: 1 << 28, timeout: 300_000 } as const;
  return spawnSync("virsh", ["-q", "-c", "qemu:///system"], options).stdout;
}

/** Returns the lines that are in only one of the texts. */
function changedLines(before: string, after: string): string[] {
  const count = (text: string) => {
    const lines = new Map<string, number>();
    for (const line of text.split("\n")) lines.set(line, (lines.get(line) ?? 0) + 1);
    return lines;
  };
  const [old, now] = [count(before), count(after)];
  const lines = new Set([...old.keys(), ...now.keys()]);
  return [...lines].filter((line) => (old.get(line) ?? 0) !== (now.get(line) ?? 0));
}
