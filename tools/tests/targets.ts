import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvalidArgumentError } from "commander";
import { findOrBuild, programs } from "../sandbox/engine.ts";
import { withLock } from "../sandbox/lock.ts";
import type { NewerHost } from "../sandbox/newer/enter.ts";
import { enter } from "../sandbox/newer/enter.ts";
import { upNewer } from "../sandbox/newer/host.ts";
import type { NewerLibvirt } from "../sandbox/newer/releases.ts";
import { newerLibvirts } from "../sandbox/newer/releases.ts";
import { pythons } from "../sandbox/python.ts";
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

/** Brings up the host with this libvirt. */
export async function findTarget(libvirt: Libvirt, needsEngine: boolean): Promise<Target> {
  if (libvirt === 9) return machine;
  const say = (line: string): void => console.log(line);
  const host = await upNewer(libvirt, say);
  if (needsEngine) await prepareEngine(host, say);
  const folder = join(host.sandbox, "results");
  mkdirSync(folder, { recursive: true });
  const versions = await mustRun([...enter(host), "virsh", "-c", "qemu:///system", "version"]);
  const [, library, , hypervisor] = versions.split("\n").map((line) => line.replace(/^.*: /, ""));
  say(`libvirt ${libvirt}: ${library}, ${hypervisor}`);
  return { label: `, libvirt ${libvirt}`, enter: enter(host), folder, isMachine: false };
}

/** The host has no Go, and its network leads nowhere. */
async function prepareEngine(host: NewerHost, say: (line: string) => void): Promise<void> {
  for (const program of programs) await findOrBuild(program, say);
  // A lock of the host's own would not be seen by other hosts, whose processes it does not know.
  await withLock(`${pythons}.lock`, () => {
    const code = 'require("./dist/tools/sandbox/python.js").findPython(console.log)';
    return mustRun([...enter(host, "machine"), process.execPath, "-e", code], { timeoutMs: 900_000 });
  });
}
