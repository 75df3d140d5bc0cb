import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import { findOrBuild, programs } from "../sandbox/engine.ts";
import { enter } from "../sandbox/newer/enter.ts";
import { upNewer } from "../sandbox/newer/host.ts";
import type { NewerLibvirt } from "../sandbox/newer/releases.ts";
import { newerLibvirts } from "../sandbox/newer/releases.ts";
import { mustRun } from "../sandbox/run.ts";

/** Major version. 9 is this machine's own, as Debian 12 has it. */
export type Libvirt = 9 | NewerLibvirt;

/** Where tests run. */
export interface Target {
  /** After the name of a tier; empty for this machine. */
  readonly label: string;
  /** Words before those of a command that runs there. */
  readonly enter: readonly string[];
  /** A folder for results that both see. */
  readonly folder: string;
  /** Whether tests that touch no libvirt belong here. */
  readonly isMachine: boolean;
}

const machine: Target = { label: "", enter: [], folder: tmpdir(), isMachine: true };

/** Test files that need the machine itself, and why. */
export const needMachine: Readonly<Record<string, string>> = {
  "host/newerHost": "brings up such a host, which takes the machine's network and control groups",
};

/** For commander: `--libvirt 9 --libvirt 11`, or `all`. */
export function collectLibvirt(text: string, before: readonly Libvirt[] = []): readonly Libvirt[] {
  const all: readonly Libvirt[] = [9, ...newerLibvirts];
  const named = text === "all" ? all : all.filter((each) => String(each) === text);
  if (named.length === 0) throw new InvalidArgumentError(`it is one of ${all.join(", ")}, all`);
  return [...new Set([...before, ...named])];
}

/** Brings up the host with this libvirt, and builds what it can't build itself: it has no Go and no network. */
export async function findTarget(libvirt: Libvirt, needsEngine: boolean): Promise<Target> {
  if (libvirt === 9) return machine;
  const say = (line: string): void => console.log(line);
  const host = await upNewer(libvirt, say);
  if (needsEngine) for (const program of programs) await findOrBuild(program, say);
  const folder = join(host.sandbox, "results");
  mkdirSync(folder, { recursive: true });
  const versions = await mustRun([...enter(host), "virsh", "-c", "qemu:///system", "version"]);
  const [, library, , hypervisor] = versions.split("\n").map((line) => line.replace(/^.*: /, ""));
  say(`libvirt ${libvirt}: ${library}, ${hypervisor}`);
  return { label: `, libvirt ${libvirt}`, enter: enter(host), folder, isMachine: false };
}
