import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The clone that contains these tools, whether they run as TypeScript or compiled. */
export const repository = findUpwards(__dirname, "package-lock.json");

const stateHome = process.env.XDG_STATE_HOME ?? join(homedir(), ".local/state");
const cacheHome = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");

/**
 * Returns the folder of the current sandbox. PULUMI_VIRSH_SANDBOX names another one, so that several can run
 * at once.
 */
export function sandboxFolder(): string {
  return resolve(process.env.PULUMI_VIRSH_SANDBOX ?? join(stateHome, "pulumi-virsh/sandbox"));
}

export function cacheFolder(name: string): string {
  return join(cacheHome, "pulumi-virsh", name);
}

/** Images are in libvirt's own folder, because QEMU's user can't enter root's home. */
export function imagesFolder(): string {
  return join("/var/lib/libvirt/images", `pulumi-virsh-${shortHash(sandboxFolder())}`);
}

/** State that all sandboxes of a machine share: libvirt's daemons and /dev/kvm. A reboot clears both. */
export const sharedFolder = "/run/pulumi-virsh";

export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

function findUpwards(start: string, name: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, name))) return folder;
    if (folder === dirname(folder)) throw new Error(`${name} not found above ${start}`);
  }
}
