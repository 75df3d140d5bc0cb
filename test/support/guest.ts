import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removeDomain } from "../../tools/sandbox/sweep.ts";
import { buildGuest } from "./guestBuild.ts";
import { type GuestConsole, isEvent, openConsole } from "./guestConsole.ts";
import { sandbox } from "./sandbox.ts";

export interface GuestOptions {
  /** A name from testName(). */
  readonly name: string;
  /** Default: "pc". */
  readonly machine?: "pc" | "q35";
  /** Default: the sandbox's domain type. */
  readonly type?: "kvm" | "qemu";
  readonly disks?: readonly GuestDisk[];
  /** Number of IO threads; their ids start at 1. Default: none. */
  readonly ioThreads?: number;
  /** IO thread of virtio-scsi controller 0. Default: the main loop. */
  readonly scsiIoThread?: number;
  /** Words for the guest's command line, such as `depth=0 disk.log=16 window=200`; see guest/settings.h. */
  readonly settings?: string;
  /** Further content of `<domain>`, such as `<cputune>`. */
  readonly xml?: string;
}

export interface GuestDisk {
  /** Serial number, which the guest uses as the disk's name. */
  readonly name: string;
  readonly file: string;
  /** `vda` for virtio-blk, `sda` for virtio-scsi. */
  readonly target: string;
  /** IO thread of a virtio-blk disk. Default: the main loop. */
  readonly ioThread?: number;
  /** IO threads that serve a virtio-blk disk together (libvirt 10.0, QEMU 9.0), instead of `ioThread`. */
  readonly ioThreads?: readonly number[];
  /** Queues of a virtio-blk disk; the guest uses at most 4, in turn. Default: 1, for the guest's one vCPU. */
  readonly queues?: number;
  /** Whether writes to it fail. */
  readonly isReadOnly?: boolean;
  /** Requests that QEMU lets through in a second. Default: no limit. */
  readonly requestsPerSecond?: number;
}

export interface Guest {
  readonly name: string;
  readonly console: GuestConsole;
  /** Runs virsh on the guest's host; returns its output. @throws Error with virsh's message */
  virsh(args: readonly string[], stdin?: string): Promise<string>;
  /** Targets of the `<disk>` elements in the running guest. */
  liveTargets(): Promise<readonly string[]>;
  /** Stops and undefines the guest. */
  remove(): Promise<void>;
}

/** Defines and boots a guest that does IO on all its disks. The guest runs when the promise resolves. */
export async function startGuest(options: GuestOptions): Promise<Guest> {
  const xml = await printGuestXml(options);
  await virsh(["define", "/dev/stdin"], xml);
  const console = await bootGuest(options.name);
  return {
    name: options.name,
    console,
    virsh,
    liveTargets: async () => {
      const listed = await virsh(["domblklist", "--domain", options.name]);
      return listed.split("\n").flatMap((line) => line.trim().split(/\s+/)[0] || []);
    },
    remove: async () => {
      console.close();
      await removeDomain(options.name);
    },
  };
}

/** Starts a defined guest. When the promise resolves, the guest runs its own code and can release devices. */
export async function bootGuest(name: string): Promise<GuestConsole> {
  // Paused until the console is open, so that no output is lost.
  await virsh(["start", "--domain", name, "--paused"]);
  const console = openConsole(consolePath(name));
  await virsh(["resume", "--domain", name]);
  await console.waitFor("the guest's boot", isEvent("boot"), {
    from: 0,
    timeoutMs: 60_000,
  });
  return console;
}

/** Pipes the input through cat, since virsh can't open the socket that Node gives a child as /dev/stdin. */
function virsh(args: readonly string[], stdin = ""): Promise<string> {
  return mustRun(["sh", "-c", 'cat | "$@"', "sh", "virsh", "-q", "-c", "qemu:///system", ...args], { stdin });
}

/** Path of a guest's serial port. openConsole() waits for it. */
export function consolePath(name: string): string {
  return join(imagesFolder(), "consoles", name);
}

/** Prints the guest as `<domain>`, for tests that define it themselves. */
export async function printGuestXml(options: GuestOptions): Promise<string> {
  const type = options.type ?? (await sandbox()).acceleratedType;
  const kernel = await buildGuest();
  mkdirSync(join(imagesFolder(), "consoles"), { recursive: true });
  // QEMU creates the socket as its own user.
  chmodSync(join(imagesFolder(), "consoles"), 0o777);
  const { name, machine = "pc", disks = [], ioThreads = 0, settings = "", xml = "" } = options;
  const isKvm = type === "kvm";
  const scsi = disks.some(({ target }) => target.startsWith("sd"));
  const driver = options.scsiIoThread === undefined ? "" : `<driver iothread='${options.scsiIoThread}'/>`;
  return `<domain type='${type}'>
<name>${name}</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
${ioThreads > 0 ? `<iothreads>${ioThreads}</iothreads>` : ""}
<os><type arch='x86_64' machine='${machine}'>hvm</type>${isKvm ? qboot() : ""}
<kernel>${kernel}</kernel><cmdline>${settings}</cmdline></os>
<features><acpi/></features>
${isKvm ? "<cpu mode='custom' match='exact' check='none'><model>qemu64</model></cpu>" : "<cpu mode='maximum'/>"}
<devices><controller type='usb' model='none'/><memballoon model='none'/>
${machine === "q35" ? rootPorts : ""}
${scsi ? `<controller type='scsi' index='0' model='virtio-scsi'>${driver}</controller>` : ""}
${disks.map(printGuestDisk).join("\n")}
<serial type='unix'><source mode='bind' path='${consolePath(name)}'/></serial></devices>
${xml}</domain>`;
}

/** Prints a disk for `attach-device`. */
export function printGuestDisk(disk: GuestDisk): string {
  const { name, file, target, ioThread, ioThreads = [], queues, isReadOnly, requestsPerSecond } = disk;
  const thread = ioThread === undefined ? "" : ` iothread='${ioThread}'`;
  const count = queues === undefined ? "" : ` queues='${queues}'`;
  const mapping = ioThreads.map((id) => `<iothread id='${id}'/>`).join("");
  const children = mapping === "" ? "" : `<iothreads>${mapping}</iothreads>`;
  const bus = target.startsWith("sd") ? "scsi" : "virtio";
  const limit =
    requestsPerSecond === undefined
      ? ""
      : `<iotune><total_iops_sec>${requestsPerSecond}</total_iops_sec></iotune>`;
  return `<disk type='file' device='disk'><driver name='qemu' type='raw' cache='none' io='native'${thread}${count}>${children}</driver>
<source file='${file}'/><target dev='${target}' bus='${bus}'/>${isReadOnly ? "<readonly/>" : ""}${limit}<serial>${name}</serial></disk>`;
}

/** Eight free slots for hot-plug. */
const rootPorts = `<controller type='pci' index='0' model='pcie-root'/>${"<controller type='pci' model='pcie-root-port'/>".repeat(8)}`;

/**
 * Returns a firmware of 64 KiB. Under a KVM that emulates ring 0, SeaBIOS takes 4 s longer; without KVM it is
 * as fast.
 */
function qboot(): string {
  const file = "/usr/share/qemu/qboot.rom";
  return existsSync(file) ? `<loader readonly='yes' type='rom'>${file}</loader>` : "";
}
