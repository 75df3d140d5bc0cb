import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sandboxFolder } from "./folders.ts";
import { run } from "./run.ts";

export type DomainType = "kvm" | "qemu";

const device = "/dev/kvm";

/** Owner and mode that /dev/kvm had before. */
export interface KvmDevice {
  readonly gid: number;
  readonly mode: number;
}

/**
 * Lets the group kvm open /dev/kvm, as udev does. Returns the earlier owner and mode; `null` when nothing had
 * to change.
 */
export function openKvmDevice(): KvmDevice | null {
  if (!existsSync(device)) return null;
  const gid = Number(/^kvm:[^:]*:(\d+):/m.exec(readFileSync("/etc/group", "utf8"))?.[1] ?? Number.NaN);
  const now = statSync(device);
  const mode = now.mode & 0o777;
  const groupMayOpen = now.gid === gid && (mode & 0o060) === 0o060;
  if (groupMayOpen || (mode & 0o006) === 0o006 || Number.isNaN(gid)) return null;
  chownSync(device, now.uid, gid);
  chmodSync(device, 0o660);
  return { gid: now.gid, mode };
}

export function restoreKvmDevice(before: KvmDevice): void {
  if (!existsSync(device)) return;
  chownSync(device, statSync(device).uid, before.gid);
  chmodSync(device, before.mode);
}

/**
 * Whether the processor virtualises guests itself. Where it does not, KVM emulates a guest's ring 0 instruction by
 * instruction: SeaBIOS took 3.5 s of CPU there, and 0.26 s with QEMU's own emulator.
 */
export function isVirtualised(): boolean {
  return /^(?:flags|Features)\s*:.*\b(?:vmx|svm)\b/m.test(readFileSync("/proc/cpuinfo", "utf8"));
}

/**
 * Returns "kvm" when a small guest really starts with it. Opening the device proves little where KVM is
 * nested.
 */
export async function probeDomainType(): Promise<DomainType> {
  if (!existsSync(device)) return "qemu";
  const name = `tv-${process.pid}-probe`;
  const xml = `<domain type='kvm'><name>${name}</name><memory unit='MiB'>16</memory><os><type>hvm</type></os></domain>`;
  const virsh = ["virsh", "-q", "-c", "qemu:///system"];
  const file = join(sandboxFolder(), "probe.xml");
  writeFileSync(file, xml);
  const created = await run([...virsh, "create", file]);
  if (created.exitCode !== 0) return "qemu";
  const state = await run([...virsh, "domstate", name]);
  await run([...virsh, "destroy", name]);
  return state.stdout.trim() === "running" ? "kvm" : "qemu";
}
