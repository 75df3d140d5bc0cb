import { readHost } from "../../provider/host/read/read.ts";
import { listFeatures } from "../../provider/plan/checks/features.ts";
import { failureOf, type TestDomain, testDomain } from "../../test/support/domains.ts";
import { sandbox } from "../../test/support/sandbox.ts";
import { makeImage } from "../sandbox/images.ts";
import type { Column } from "./column.ts";
import { ownThreads, type Trial, trialsWith } from "./trials.ts";

/** What a trial came to. Words that docs/versions.md prints. */
export const words = {
  live: "live",
  putBack: "live; put back by the next `up` after a power cycle",
  nextBoot: "at the next boot",
  refused: (needs: string) => `refused: needs ${needs}`,
} as const;

interface Tried {
  readonly trial: Trial;
  readonly result: string;
}

/**
 * Tries everything on a running guest of the sandbox's host, through the resource handlers; then power-cycles the guest
 * once and looks what is left. @throws Error when a host neither does nor refuses something, or does it half.
 */
export async function tryAll(name: string): Promise<Column> {
  const guest = await testDomain(name);
  try {
    const { libvirtVersion: libvirt, qemuVersion: qemu } = (await readHost(guest.connection)).host;
    const type = (await sandbox()).domainType;
    const size = { memory: "64 MiB", machine: "q35", hotplugSlots: 12 };
    await guest.create("Domain", { type, ...size, ioThreads: ownThreads, running: true });
    const tried: Tried[] = [];
    for (const trial of trialsWith((image) => makeImage(`versions-${image}.raw`, 1)))
      tried.push({ trial, result: await tryOne(guest, trial, needsOf(trial, libvirt, qemu)) });
    await guest.virsh("destroy");
    await guest.virsh("start");
    const results: [string, string][] = [];
    for (const each of tried) results.push([each.trial.name, await afterPowerCycle(guest, each)]);
    return { libvirt, qemu, results: Object.fromEntries(results) };
  } finally {
    await guest.remove();
  }
}

/** The versions that the trial's feature needs, when the host lacks it. */
function needsOf({ feature }: Trial, libvirt: number, qemu: number): string | null {
  const found = listFeatures(libvirt, qemu).find(({ key }) => key === feature);
  return found && !found.isThere ? found.needs : null;
}

async function tryOne(guest: TestDomain, trial: Trial, needs: string | null): Promise<string> {
  const { kind, from, to } = trial;
  if (needs !== null) return tryRefused(guest, trial, needs);
  if (from) await guest.create(kind, from);
  const told = (await guest.preview(kind, from ?? {}, to)).lines.join("\n");
  await (from ? guest.update(kind, from, to) : guest.create(kind, to));
  const left = await guest.preview(kind, to);
  if (left.isNeeded) throw new Error(`${trial.name}: ${left.lines.join("; ")} after the update`);
  const waits = left.lines.length > 0;
  const label = waits ? /\(next boot\)/ : /\(live[^)]*\)/;
  if (!label.test(told))
    throw new Error(`${trial.name}: it came ${waits ? "not yet" : "at once"}, told was ${told}`);
  return waits ? words.nextBoot : words.live;
}

/** The preview and the update refuse it, and nothing has changed. */
async function tryRefused(guest: TestDomain, trial: Trial, needs: string): Promise<string> {
  const { kind, from, to } = trial;
  const before = await guest.facts();
  const told = (await guest.preview(kind, {}, from ?? to)).obstacles.join();
  const said = (await failureOf(guest.create(kind, from ?? to))).message;
  const after = await guest.facts();
  const [first = ""] = needs.split(" and ");
  const isSame = after.inactiveXml === before.inactiveXml && after.liveXml === before.liveXml;
  if (!isSame || ![told, said].every((text) => text.includes(`needs ${first}`)))
    throw new Error(
      `${trial.name}: preview ${told}; update ${said}; ${isSame ? "nothing" : "something"} changed`,
    );
  return words.refused(needs);
}

async function afterPowerCycle(guest: TestDomain, { trial, result }: Tried): Promise<string> {
  if (result !== words.live && result !== words.nextBoot) return result;
  const { lines } = await guest.preview(trial.kind, trial.to);
  if (lines.length === 0) return result;
  if (result === words.live && lines.every((line) => line.includes("put back by the next up")))
    return words.putBack;
  throw new Error(`${trial.name}: ${lines.join("; ")} after a power cycle`);
}
