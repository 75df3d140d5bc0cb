import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findEngine } from "./engine.ts";
import { imagesFolder, sandboxFolder } from "./folders.ts";
import { makeImages, removeImages } from "./images.ts";
import type { DomainType } from "./kvm.ts";
import { isVirtualised, probeDomainType } from "./kvm.ts";
import { libvirtAnswers, startLibvirt, stopLibvirt } from "./libvirt.ts";
import { withLock } from "./lock.ts";
import { downNewer } from "./newer/host.ts";
import { newerLibvirts } from "./newer/releases.ts";
import { installPackages } from "./packages.ts";
import { Problem } from "./problem.ts";
import { isAlive } from "./processes.ts";
import { printUri, readSshd, startSshd, stopSshd } from "./sshd.ts";
import { removeDomainsUsing, sweepTestDomains, sweepTestNetworks, sweepTestPools } from "./sweep.ts";
import { sweepTestUsers } from "./users.ts";

/** Everything that a test or demo needs: a libvirt host behind a private sshd, and an engine. */
export interface Sandbox {
  readonly folder: string;
  /** The `host` argument for programs. */
  readonly uri: string;
  readonly port: number;
  readonly keyfile: string;
  readonly knownHosts: string;
  /** Folder of the raw images data.raw, log.raw and scratch.raw, 64 MiB each. */
  readonly imagesDir: string;
  /** Folders to put first in PATH: engine, language host, launcher of dynamic providers. */
  readonly path: readonly string[];
  /** "kvm" when a guest really starts with it: for guests with code of their own. */
  readonly acceleratedType: DomainType;
  /** For guests that run firmware alone: "qemu" where the processor has no virtualisation of its own to help KVM. */
  readonly domainType: DomainType;
  /** Ids of the online CPUs. */
  readonly cpus: readonly number[];
}

export type Say = (line: string) => void;

/** Starts what does not run yet. Running it twice is harmless. `listen`: addresses of its sshd besides 127.0.0.1. */
export async function up(say: Say, listen: readonly string[] = []): Promise<Sandbox> {
  if (process.getuid?.() !== 0) {
    throw new Problem(
      "the sandbox starts libvirtd and sshd, which only root may",
      "run the same command with sudo -E",
    );
  }
  const folder = sandboxFolder();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return withLock(join(folder, "lock"), async () => {
    await installPackages(say);
    await startLibvirt(say);
    const sshd = await startSshd(join(folder, "sshd"), { listen });
    const path = await findEngine(say);
    await sweepTestDomains();
    await sweepTestNetworks();
    await sweepTestPools();
    await sweepTestUsers();
    const acceleratedType = readSandbox()?.acceleratedType ?? (await probeDomainType());
    const sandbox: Sandbox = {
      folder,
      uri: printUri(sshd),
      port: sshd.port,
      keyfile: sshd.keyfile,
      knownHosts: sshd.knownHosts,
      imagesDir: makeImages(),
      path,
      acceleratedType,
      domainType: isVirtualised() ? acceleratedType : "qemu",
      cpus: readOnlineCpus(),
    };
    writeFileSync(join(folder, "sandbox.json"), `${JSON.stringify(sandbox, null, 2)}\n`);
    return sandbox;
  });
}

/** Stops what `up` started, and nothing else. The engine stays in its cache. */
export async function down(say: Say): Promise<void> {
  const folder = sandboxFolder();
  if (!existsSync(folder)) return say("no sandbox here");
  for (const libvirt of newerLibvirts) await downNewer(libvirt, say);
  if (await libvirtAnswers()) {
    const removed = [...(await removeDomainsUsing(imagesFolder())), ...(await sweepTestDomains())];
    if (removed.length > 0) say(`removed ${removed.join(", ")}`);
  }
  await stopSshd(join(folder, "sshd"));
  removeImages();
  rmSync(folder, { recursive: true, force: true });
  await stopLibvirt(say);
}

/** Returns the sandbox when all of it runs, else `null`. */
export async function status(): Promise<Sandbox | null> {
  const sshd = readSshd(join(sandboxFolder(), "sshd"));
  if (!sshd || !isAlive(sshd.process) || !(await libvirtAnswers())) return null;
  return readSandbox();
}

function readSandbox(): Sandbox | null {
  const file = join(sandboxFolder(), "sandbox.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Sandbox) : null;
}

function readOnlineCpus(): readonly number[] {
  const text = readFileSync("/sys/devices/system/cpu/online", "utf8").trim();
  return text.split(",").flatMap((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
