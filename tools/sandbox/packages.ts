import { existsSync } from "node:fs";
import { join } from "node:path";
import { sharedFolder } from "./folders.ts";
import { withLock } from "./lock.ts";
import { Problem } from "./problem.ts";
import { findProgram, mustRun } from "./run.ts";

/** Program that shows that a package is installed → Debian package. */
const needed: Readonly<Record<string, string>> = {
  libvirtd: "libvirt-daemon",
  virtlogd: "libvirt-daemon",
  virsh: "libvirt-clients",
  "qemu-system-x86_64": "qemu-system-x86",
  "qemu-img": "qemu-utils",
  sshd: "openssh-server",
  "ssh-keygen": "openssh-client",
  curl: "curl",
  xz: "xz-utils",
  zstd: "zstd",
  bzip2: "bzip2",
  dnsmasq: "dnsmasq-base",
  ip: "iproute2",
  xmllint: "libxml2-utils",
  gcc: "gcc",
  losetup: "mount",
  "mkfs.ext4": "e2fsprogs",
  swtpm: "swtpm",
  swtpm_setup: "swtpm-tools",
};
/** The same for packages without a program: file → Debian package. */
const neededFiles: Readonly<Record<string, string>> = { "/usr/share/OVMF/OVMF_CODE_4M.fd": "ovmf" };
/** `libvirt-daemon-system` creates the user that QEMU runs as. The driver's package has no program. */
const always = ["libvirt-daemon-system", "libvirt-daemon-driver-qemu"];

/** Every package that a sandbox needs. */
export function packageNames(): readonly string[] {
  return [...new Set([...Object.values(needed), ...Object.values(neededFiles), ...always])];
}

/** Installs missing packages with apt, without prompts. Does nothing when all are installed. */
export async function installPackages(say: (line: string) => void): Promise<void> {
  const missing = new Set(await findMissing(needed));
  for (const [file, name] of Object.entries(neededFiles)) if (!existsSync(file)) missing.add(name);
  if (missing.has("libvirt-daemon")) for (const name of always) missing.add(name);
  await install([...missing], say);
}

/** The same for other programs: program → Debian package. */
export async function installPrograms(
  programs: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<void> {
  await install(await findMissing(programs), say);
}

async function findMissing(programs: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(programs)) {
    if ((await findProgram(program)) === null) missing.push(name);
  }
  return missing;
}

async function install(names: readonly string[], say: (line: string) => void): Promise<void> {
  if (names.length === 0) return;
  const command = `apt-get update && apt-get install -y --no-install-recommends ${names.join(" ")}`;
  if ((await findProgram("apt-get")) === null) {
    throw new Problem(
      `missing: ${names.join(", ")}`,
      "install these packages with this system's package manager",
    );
  }
  say(`installing ${names.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    // apt does not wait for another apt that reads the lists.
    await withLock(join(sharedFolder, "apt.lock"), () =>
      mustRun(["sh", "-c", command], { env, timeoutMs: 600_000 }),
    );
  } catch (cause) {
    throw new Problem(`packages can't be installed: ${(cause as Error).message}`, `run: ${command}`, cause);
  }
}
