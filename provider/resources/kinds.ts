// Made by `npm run generate` from the rows in provider/model/arguments; edit those.

import type { CustomResourceOptions, Input, InvokeOptions, Output } from "@pulumi/pulumi";

import { invoke } from "./invoke.ts";

import { VirshResource } from "./resource.ts";

export interface LoaderOutput {
  /** Path of the firmware image on the host. */
  path: string;
  /** Whether the guest may write to it. */
  readonly?: boolean;
  /** Whether it enforces secure boot. */
  secure?: boolean;
  /** Absent: "rom". */
  type?: "rom" | "pflash";
}

export interface BootDeviceOutput {
  /** Kind of device. */
  dev: "hd" | "cdrom" | "network" | "fd";
}

export interface CpuOutput {
  /** How the guest's CPU is chosen. */
  mode?: "custom" | "host-model" | "host-passthrough" | "maximum";
  /** Model for mode "custom". */
  model?: string;
  /** Sockets × dies × cores × threads; their product is `vcpus`. */
  topology?: CpuTopologyOutput;
}

export interface CpuTopologyOutput {
  /** Sockets. */
  sockets: number;
  /** Dies per socket. Absent: 1. */
  dies?: number;
  /** Cores per die. */
  cores: number;
  /** Threads per core. */
  threads: number;
}

export interface DomainIoThreadOutput {
  /** Id within the domain, from 1. Adding and removing an unused one is live. */
  id: number;
  /** Longest busy polling in nanoseconds before the thread sleeps; 0: none. Absent: QEMU's default, 32768. Changed live; before libvirt 9.4 it lasts until the guest's next power cycle, and is then put back. */
  pollMaxNs?: number;
  /** Factor by which polling time grows; 0: QEMU's default. Changed live; lasts as pollMaxNs does. */
  pollGrow?: number;
  /** Divisor by which polling time shrinks; 0: QEMU's default. Changed live; lasts as pollMaxNs does. */
  pollShrink?: number;
  /** Threads always kept for blocking requests; needs threadPoolMax. Absent: 0. Changed live. libvirt ≥ 8.5. */
  threadPoolMin?: number;
  /** Most threads for blocking requests. Absent: 64. Changed live, but can't be unset live. libvirt ≥ 8.5. */
  threadPoolMax?: number;
}

export interface CpuTuneOutput {
  /** Weight of the guest against others. Next boot. */
  shares?: number;
  /** Host CPUs per vCPU. Changed live. */
  vcpuPins?: VcpuPinOutput[];
  /** Host CPUs for QEMU's main loop and helpers. Changed live. */
  emulatorPin?: string;
  /** Host CPUs per IO thread. Changed live. The same as separate `IoThreadPin` resources. */
  ioThreadPins?: DomainIoThreadPinOutput[];
  /** Scheduling policy per vCPU. Next boot. */
  vcpuScheds?: VcpuSchedOutput[];
  /** Scheduling policy per IO thread. Next boot. */
  ioThreadScheds?: IoThreadSchedOutput[];
}

export interface VcpuPinOutput {
  /** Number of the vCPU, from 0. */
  vcpu: number;
  /** Host CPUs on which it may run. Changed live. */
  cpuset: string;
}

export interface DomainIoThreadPinOutput {
  /** Id of an IO thread of this domain. */
  ioThread: number;
  /** Host CPUs on which it may run. Changed live. */
  cpuset: string;
}

export interface VcpuSchedOutput {
  /** vCPUs meant. */
  vcpus: string;
  /** Scheduling policy of the kernel. libvirt has no live command for it: next boot. */
  scheduler?: "batch" | "idle" | "fifo" | "rr";
  /** Real-time priority; needed with "fifo" and "rr". Next boot. */
  priority?: number;
}

export interface IoThreadSchedOutput {
  /** IO threads meant. */
  ioThreads: string;
  /** Scheduling policy of the kernel. libvirt has no live command for it: next boot. */
  scheduler?: "batch" | "idle" | "fifo" | "rr";
  /** Real-time priority; needed with "fifo" and "rr". Next boot. */
  priority?: number;
}

export interface NumaTuneOutput {
  /** Absent: "strict". Next boot. */
  mode?: "strict" | "preferred" | "interleave" | "restrictive";
  /** Host NUMA nodes from which the guest's memory is taken. Next boot. */
  nodeset?: string;
}

export interface DiskOutput {
  /** Name by which libvirt knows the disk. */
  target: string;
  /** Absent: by the target's name, vd* virtio, sd* scsi, hd* ide. Changing it: next boot. */
  bus?: "virtio" | "scsi" | "sata" | "ide" | "usb" | "fdc" | "sd";
  /** Absent: "disk". Changing it: next boot. */
  device?: "disk" | "cdrom" | "floppy" | "lun";
  /** What the guest sees as this disk. Changing it on a running guest: detach, or next boot; at once for removable media. */
  source?: DiskSourceOutput;
  /** Format of the image. Absent: libvirt takes "raw" and never looks. Changing it: detach, or next boot. */
  format?: "raw" | "qcow2" | "qed" | "vmdk" | "vdi" | "vpc" | "luks";
  /** Caching on the host. Absent: QEMU's default, writeback. Changing it: detach, or next boot. */
  cache?: "default" | "none" | "writethrough" | "writeback" | "directsync" | "unsafe";
  /** How the host does asynchronous IO. "native" needs cache "none" or "directsync". Changing it: detach, or next boot. */
  io?: "threads" | "native" | "io_uring";
  /** Whether the guest's discards reach the storage. Absent: "ignore". Changing it: detach, or next boot. */
  discard?: "ignore" | "unmap";
  /** Whether writes of zeroes are made cheaper. Absent: "off". Changing it: detach, or next boot. */
  detectZeroes?: "off" | "on" | "unmap";
  /** Serial number that the guest sees, at most 20 characters for virtio. Changing it: detach, or next boot. */
  serial?: string;
  /** The guest may not write. Absent: it may. Changing it: detach, or next boot. */
  readonly?: boolean;
  /** Several guests may have this disk at once. Changing it: detach, or next boot. */
  shareable?: boolean;
  /** Place in the boot order, from 1. Cannot stand together with a domain's `bootDevices`. Changing it: next boot. */
  bootOrder?: number;
  /** Limits of throughput, enforced by QEMU. Changed live. */
  ioTune?: IoTuneOutput;
  /** Virtqueues of the disk. Absent: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  queues?: number;
  /** Entries per virtqueue, a power of two. Absent: 256. Changing it: detach, or next boot. */
  queueSize?: number;
  /** Id of the IO thread that serves this disk; an id of this domain. Absent: QEMU's main loop serves it. libvirt refuses to change it live: detach, or next boot. */
  ioThread?: number;
  /** Several IO threads for this disk's virtqueues, in place of `ioThread`. libvirt ≥ 10.0, QEMU ≥ 9.0. Changing it: detach, or next boot. */
  ioThreads?: IoThreadMappingOutput[];
}

export interface DiskSourceOutput {
  /** Absolute path of an image file on the host. Never created, never deleted. */
  file?: string;
  /** Absolute path of a block device on the host. */
  block?: string;
  /** A volume of a libvirt storage pool. */
  volume?: DiskVolumeOutput;
  /** Storage over the network. */
  network?: DiskNetworkOutput;
}

export interface DiskVolumeOutput {
  /** Name of a libvirt storage pool. */
  pool: string;
  /** Name of a volume in that pool. */
  volume: string;
}

export interface DiskNetworkOutput {
  /** How the storage is reached. */
  protocol: "nbd" | "rbd" | "iscsi" | "gluster" | "http" | "https" | "ftp" | "ftps" | "tftp" | "nfs" | "ssh";
  /** Export, image or target on the server. */
  name?: string;
  /** Servers, in the order in which they are tried. */
  hosts?: DiskHostOutput[];
}

export interface DiskHostOutput {
  /** Host name or address. */
  name?: string;
  /** Port. Absent: the protocol's own. */
  port?: number;
  /** Absent: "tcp". */
  transport?: "tcp" | "rdma" | "unix";
  /** Path of the socket for transport "unix". */
  socket?: string;
}

export interface IoTuneOutput {
  /** Bytes per second, reads and writes together. 0: no limit. */
  totalBytesSec?: number;
  /** Bytes read per second. 0: no limit. */
  readBytesSec?: number;
  /** Bytes written per second. 0: no limit. */
  writeBytesSec?: number;
  /** Requests per second, reads and writes together. 0: no limit. */
  totalIopsSec?: number;
  /** Reads per second. 0: no limit. */
  readIopsSec?: number;
  /** Writes per second. 0: no limit. */
  writeIopsSec?: number;
}

export interface IoThreadMappingOutput {
  /** Id of an IO thread of this domain. */
  id: number;
  /** Virtqueues that this thread serves. Absent: QEMU deals all of them out in turn; then no other entry may name any. */
  queues?: QueueRefOutput[];
}

export interface QueueRefOutput {
  /** Number of a virtqueue, from 0 to `queues` - 1. */
  id: number;
}

export interface ControllerOutput {
  /** Kind of controller. */
  type:
    | "pci"
    | "scsi"
    | "sata"
    | "ide"
    | "usb"
    | "virtio-serial"
    | "fdc"
    | "ccid"
    | "xenbus"
    | "isa"
    | "nvme";
  /** Number among those of its kind, from 0. */
  index: number;
  /** Model in libvirt's words: "virtio-scsi", "pcie-root-port", "qemu-xhci" … Absent: libvirt chooses. Changing it: next boot. */
  model?: string;
  /** Id of the IO thread that serves every disk on this controller. Absent: QEMU's main loop. Changing it: detach, or next boot. */
  ioThread?: number;
  /** Several IO threads for this controller's virtqueues, in place of `ioThread`. libvirt ≥ 11.2, QEMU ≥ 10.0. Changing it: detach, or next boot. */
  ioThreads?: IoThreadMappingOutput[];
  /** Request queues. Absent: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  queues?: number;
  /** Most commands queued per disk. Absent: 128. Changing it: detach, or next boot. */
  cmdPerLun?: number;
  /** Most sectors per command. Absent: 65535. Changing it: detach, or next boot. */
  maxSectors?: number;
}

export interface InterfaceOutput {
  /** Name of a libvirt network. */
  network?: string;
  /** Name of a bridge on the host. */
  bridge?: string;
  /** Name of a host's network device, reached by macvtap. */
  direct?: string;
  /** MAC address. Absent: the one it has, or libvirt makes one. */
  mac?: string;
  /** Absent: libvirt's default; "virtio" is the fast one. Changing it: next boot. */
  model?: string;
  /** Largest packet in bytes. Next boot. */
  mtu?: number;
  /** Queues of a virtio interface. Next boot. */
  queues?: number;
  /** State of the link. Absent: "up". Changed live. */
  link?: "up" | "down";
  /** Place in the boot order, from 1. Next boot. */
  bootOrder?: number;
}

export interface GraphicsOutput {
  /** Protocol. */
  type: "vnc" | "spice" | "sdl" | "egl-headless" | "dbus";
  /** Port; -1 or absent: libvirt chooses at each start. */
  port?: number;
  /** Whether libvirt chooses the port. */
  autoport?: boolean;
  /** Address to listen on. Absent: the host's default, "127.0.0.1". */
  listen?: string;
}

export interface VideoOutput {
  /** Model. */
  type: "virtio" | "qxl" | "vga" | "cirrus" | "bochs" | "ramfb" | "vmvga" | "none";
  /** Video memory in KiB. */
  vram?: number;
  /** Screens. Absent: 1. */
  heads?: number;
}

export interface ConsoleOutput {
  /** What the console is connected to on the host. */
  type: "pty" | "file" | "null" | "tcp" | "unix" | "stdio";
  /** Path for types "file" and "unix". */
  path?: string;
  /** Absent: "serial". */
  target?: "serial" | "virtio" | "sclp";
  /** Number of the port. Absent: 0. */
  port?: number;
}

export interface PendingOutput {
  /** Path into the domain's XML: `devices/disk[vdb]/driver/@iothread`. */
  path: string;
  /** Value in the running guest; null when it is not there. */
  live: string | null;
  /** Value in the persistent definition; null when it is not there. */
  inactive: string | null;
}

export interface Loader {
  /** Path of the firmware image on the host. */
  path: Input<string>;
  /** Whether the guest may write to it. */
  readonly?: Input<boolean>;
  /** Whether it enforces secure boot. */
  secure?: Input<boolean>;
  /** Absent: "rom". */
  type?: Input<"rom" | "pflash">;
}

export interface BootDevice {
  /** Kind of device. */
  dev: Input<"hd" | "cdrom" | "network" | "fd">;
}

export interface Cpu {
  /** How the guest's CPU is chosen. */
  mode?: Input<"custom" | "host-model" | "host-passthrough" | "maximum">;
  /** Model for mode "custom". */
  model?: Input<string>;
  /** Sockets × dies × cores × threads; their product is `vcpus`. */
  topology?: Input<CpuTopology>;
}

export interface CpuTopology {
  /** Sockets. */
  sockets: Input<number>;
  /** Dies per socket. Absent: 1. */
  dies?: Input<number>;
  /** Cores per die. */
  cores: Input<number>;
  /** Threads per core. */
  threads: Input<number>;
}

export interface DomainIoThread {
  /** Id within the domain, from 1. Adding and removing an unused one is live. */
  id: Input<number>;
  /** Longest busy polling in nanoseconds before the thread sleeps; 0: none. Absent: QEMU's default, 32768. Changed live; before libvirt 9.4 it lasts until the guest's next power cycle, and is then put back. */
  pollMaxNs?: Input<number>;
  /** Factor by which polling time grows; 0: QEMU's default. Changed live; lasts as pollMaxNs does. */
  pollGrow?: Input<number>;
  /** Divisor by which polling time shrinks; 0: QEMU's default. Changed live; lasts as pollMaxNs does. */
  pollShrink?: Input<number>;
  /** Threads always kept for blocking requests; needs threadPoolMax. Absent: 0. Changed live. libvirt ≥ 8.5. */
  threadPoolMin?: Input<number>;
  /** Most threads for blocking requests. Absent: 64. Changed live, but can't be unset live. libvirt ≥ 8.5. */
  threadPoolMax?: Input<number>;
}

export interface CpuTune {
  /** Weight of the guest against others. Next boot. */
  shares?: Input<number>;
  /** Host CPUs per vCPU. Changed live. */
  vcpuPins?: Input<Input<VcpuPin>[]>;
  /** Host CPUs for QEMU's main loop and helpers. Changed live. */
  emulatorPin?: Input<string>;
  /** Host CPUs per IO thread. Changed live. The same as separate `IoThreadPin` resources. */
  ioThreadPins?: Input<Input<DomainIoThreadPin>[]>;
  /** Scheduling policy per vCPU. Next boot. */
  vcpuScheds?: Input<Input<VcpuSched>[]>;
  /** Scheduling policy per IO thread. Next boot. */
  ioThreadScheds?: Input<Input<IoThreadSched>[]>;
}

export interface VcpuPin {
  /** Number of the vCPU, from 0. */
  vcpu: Input<number>;
  /** Host CPUs on which it may run. Changed live. */
  cpuset: Input<string>;
}

export interface DomainIoThreadPin {
  /** Id of an IO thread of this domain. */
  ioThread: Input<number>;
  /** Host CPUs on which it may run. Changed live. */
  cpuset: Input<string>;
}

export interface VcpuSched {
  /** vCPUs meant. */
  vcpus: Input<string>;
  /** Scheduling policy of the kernel. libvirt has no live command for it: next boot. */
  scheduler?: Input<"batch" | "idle" | "fifo" | "rr">;
  /** Real-time priority; needed with "fifo" and "rr". Next boot. */
  priority?: Input<number>;
}

export interface IoThreadSched {
  /** IO threads meant. */
  ioThreads: Input<string>;
  /** Scheduling policy of the kernel. libvirt has no live command for it: next boot. */
  scheduler?: Input<"batch" | "idle" | "fifo" | "rr">;
  /** Real-time priority; needed with "fifo" and "rr". Next boot. */
  priority?: Input<number>;
}

export interface NumaTune {
  /** Absent: "strict". Next boot. */
  mode?: Input<"strict" | "preferred" | "interleave" | "restrictive">;
  /** Host NUMA nodes from which the guest's memory is taken. Next boot. */
  nodeset?: Input<string>;
}

export interface Disk {
  /** Name by which libvirt knows the disk. */
  target: Input<string>;
  /** Absent: by the target's name, vd* virtio, sd* scsi, hd* ide. Changing it: next boot. */
  bus?: Input<"virtio" | "scsi" | "sata" | "ide" | "usb" | "fdc" | "sd">;
  /** Absent: "disk". Changing it: next boot. */
  device?: Input<"disk" | "cdrom" | "floppy" | "lun">;
  /** What the guest sees as this disk. Changing it on a running guest: detach, or next boot; at once for removable media. */
  source?: Input<DiskSource>;
  /** Format of the image. Absent: libvirt takes "raw" and never looks. Changing it: detach, or next boot. */
  format?: Input<"raw" | "qcow2" | "qed" | "vmdk" | "vdi" | "vpc" | "luks">;
  /** Caching on the host. Absent: QEMU's default, writeback. Changing it: detach, or next boot. */
  cache?: Input<"default" | "none" | "writethrough" | "writeback" | "directsync" | "unsafe">;
  /** How the host does asynchronous IO. "native" needs cache "none" or "directsync". Changing it: detach, or next boot. */
  io?: Input<"threads" | "native" | "io_uring">;
  /** Whether the guest's discards reach the storage. Absent: "ignore". Changing it: detach, or next boot. */
  discard?: Input<"ignore" | "unmap">;
  /** Whether writes of zeroes are made cheaper. Absent: "off". Changing it: detach, or next boot. */
  detectZeroes?: Input<"off" | "on" | "unmap">;
  /** Serial number that the guest sees, at most 20 characters for virtio. Changing it: detach, or next boot. */
  serial?: Input<string>;
  /** The guest may not write. Absent: it may. Changing it: detach, or next boot. */
  readonly?: Input<boolean>;
  /** Several guests may have this disk at once. Changing it: detach, or next boot. */
  shareable?: Input<boolean>;
  /** Place in the boot order, from 1. Cannot stand together with a domain's `bootDevices`. Changing it: next boot. */
  bootOrder?: Input<number>;
  /** Limits of throughput, enforced by QEMU. Changed live. */
  ioTune?: Input<IoTune>;
  /** Virtqueues of the disk. Absent: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  queues?: Input<number>;
  /** Entries per virtqueue, a power of two. Absent: 256. Changing it: detach, or next boot. */
  queueSize?: Input<number>;
  /** Id of the IO thread that serves this disk; an id of this domain. Absent: QEMU's main loop serves it. libvirt refuses to change it live: detach, or next boot. */
  ioThread?: Input<number>;
  /** Several IO threads for this disk's virtqueues, in place of `ioThread`. libvirt ≥ 10.0, QEMU ≥ 9.0. Changing it: detach, or next boot. */
  ioThreads?: Input<Input<IoThreadMapping>[]>;
}

export interface DiskSource {
  /** Absolute path of an image file on the host. Never created, never deleted. */
  file?: Input<string>;
  /** Absolute path of a block device on the host. */
  block?: Input<string>;
  /** A volume of a libvirt storage pool. */
  volume?: Input<DiskVolume>;
  /** Storage over the network. */
  network?: Input<DiskNetwork>;
}

export interface DiskVolume {
  /** Name of a libvirt storage pool. */
  pool: Input<string>;
  /** Name of a volume in that pool. */
  volume: Input<string>;
}

export interface DiskNetwork {
  /** How the storage is reached. */
  protocol: Input<
    "nbd" | "rbd" | "iscsi" | "gluster" | "http" | "https" | "ftp" | "ftps" | "tftp" | "nfs" | "ssh"
  >;
  /** Export, image or target on the server. */
  name?: Input<string>;
  /** Servers, in the order in which they are tried. */
  hosts?: Input<Input<DiskHost>[]>;
}

export interface DiskHost {
  /** Host name or address. */
  name?: Input<string>;
  /** Port. Absent: the protocol's own. */
  port?: Input<number>;
  /** Absent: "tcp". */
  transport?: Input<"tcp" | "rdma" | "unix">;
  /** Path of the socket for transport "unix". */
  socket?: Input<string>;
}

export interface IoTune {
  /** Bytes per second, reads and writes together. 0: no limit. */
  totalBytesSec?: Input<number>;
  /** Bytes read per second. 0: no limit. */
  readBytesSec?: Input<number>;
  /** Bytes written per second. 0: no limit. */
  writeBytesSec?: Input<number>;
  /** Requests per second, reads and writes together. 0: no limit. */
  totalIopsSec?: Input<number>;
  /** Reads per second. 0: no limit. */
  readIopsSec?: Input<number>;
  /** Writes per second. 0: no limit. */
  writeIopsSec?: Input<number>;
}

export interface IoThreadMapping {
  /** Id of an IO thread of this domain. */
  id: Input<number>;
  /** Virtqueues that this thread serves. Absent: QEMU deals all of them out in turn; then no other entry may name any. */
  queues?: Input<Input<QueueRef>[]>;
}

export interface QueueRef {
  /** Number of a virtqueue, from 0 to `queues` - 1. */
  id: Input<number>;
}

export interface Controller {
  /** Kind of controller. */
  type: Input<
    "pci" | "scsi" | "sata" | "ide" | "usb" | "virtio-serial" | "fdc" | "ccid" | "xenbus" | "isa" | "nvme"
  >;
  /** Number among those of its kind, from 0. */
  index: Input<number>;
  /** Model in libvirt's words: "virtio-scsi", "pcie-root-port", "qemu-xhci" … Absent: libvirt chooses. Changing it: next boot. */
  model?: Input<string>;
  /** Id of the IO thread that serves every disk on this controller. Absent: QEMU's main loop. Changing it: detach, or next boot. */
  ioThread?: Input<number>;
  /** Several IO threads for this controller's virtqueues, in place of `ioThread`. libvirt ≥ 11.2, QEMU ≥ 10.0. Changing it: detach, or next boot. */
  ioThreads?: Input<Input<IoThreadMapping>[]>;
  /** Request queues. Absent: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  queues?: Input<number>;
  /** Most commands queued per disk. Absent: 128. Changing it: detach, or next boot. */
  cmdPerLun?: Input<number>;
  /** Most sectors per command. Absent: 65535. Changing it: detach, or next boot. */
  maxSectors?: Input<number>;
}

export interface Interface {
  /** Name of a libvirt network. */
  network?: Input<string>;
  /** Name of a bridge on the host. */
  bridge?: Input<string>;
  /** Name of a host's network device, reached by macvtap. */
  direct?: Input<string>;
  /** MAC address. Absent: the one it has, or libvirt makes one. */
  mac?: Input<string>;
  /** Absent: libvirt's default; "virtio" is the fast one. Changing it: next boot. */
  model?: Input<string>;
  /** Largest packet in bytes. Next boot. */
  mtu?: Input<number>;
  /** Queues of a virtio interface. Next boot. */
  queues?: Input<number>;
  /** State of the link. Absent: "up". Changed live. */
  link?: Input<"up" | "down">;
  /** Place in the boot order, from 1. Next boot. */
  bootOrder?: Input<number>;
}

export interface Graphics {
  /** Protocol. */
  type: Input<"vnc" | "spice" | "sdl" | "egl-headless" | "dbus">;
  /** Port; -1 or absent: libvirt chooses at each start. */
  port?: Input<number>;
  /** Whether libvirt chooses the port. */
  autoport?: Input<boolean>;
  /** Address to listen on. Absent: the host's default, "127.0.0.1". */
  listen?: Input<string>;
}

export interface Video {
  /** Model. */
  type: Input<"virtio" | "qxl" | "vga" | "cirrus" | "bochs" | "ramfb" | "vmvga" | "none">;
  /** Video memory in KiB. */
  vram?: Input<number>;
  /** Screens. Absent: 1. */
  heads?: Input<number>;
}

export interface Console {
  /** What the console is connected to on the host. */
  type: Input<"pty" | "file" | "null" | "tcp" | "unix" | "stdio">;
  /** Path for types "file" and "unix". */
  path?: Input<string>;
  /** Absent: "serial". */
  target?: Input<"serial" | "virtio" | "sclp">;
  /** Number of the port. Absent: 0. */
  port?: Input<number>;
}

export interface NumaNodeOutput {
  /** Number of the node. */
  id: number;
  /** Its memory in KiB. */
  memoryKiB: number;
  /** Ids of its CPUs. */
  cpus: number[];
}

export interface HostFeaturesOutput {
  /** Thread pools of IO threads: libvirt ≥ 8.5. */
  threadPool: boolean;
  /** Polling that outlives a power cycle: libvirt ≥ 9.4. */
  pollingInXml: boolean;
  /** Several IO threads per virtio disk: libvirt ≥ 10.0 and QEMU ≥ 9.0. */
  diskIoThreads: boolean;
  /** Several IO threads per virtio-scsi controller: libvirt ≥ 11.2 and QEMU ≥ 10.0. */
  controllerIoThreads: boolean;
}

export interface DomainSummaryOutput {
  /** Name of the domain. */
  name: string;
  /** UUID of the domain. */
  uuid: string;
  /** Run state in libvirt's words: `running`, `shut off` … */
  state: string;
  /** Whether it starts with its host. */
  autostart: boolean;
  /** Whether it has a definition that outlives its power. */
  persistent: boolean;
}

export interface IoThreadFactsOutput {
  /** Id within the domain. */
  id: number;
  /** The kernel's id of the thread. Absent: off. */
  threadId?: number | null;
  /** CPUs that the kernel allows it: `0-1`. */
  cpusAllowed?: string | null;
  /** Longest busy polling in nanoseconds. */
  pollMaxNs?: number | null;
  /** Factor by which polling grows. */
  pollGrow?: number | null;
  /** Divisor by which polling shrinks. */
  pollShrink?: number | null;
  /** Disks by target and controllers by type and index that it serves: `vdb`, `scsi 0`. */
  usedBy: string[];
}

/** Settings of the native provider plugin. */
export interface ProviderArgs {
  /** Host of resources and functions that name none: a libvirt URI such as "qemu+ssh://root@hv1/system". Absent: each must name one. */
  host?: Input<string>;
  /** Path of a private key on this machine, for hosts whose URI has no keyfile=. Absent: the SSH agent and what ~/.ssh/config names. */
  keyFile?: Input<string>;
  /** Path of a file of known host keys, for hosts whose URI has no known_hosts=. Absent: those of ~/.ssh/config. Host keys are always checked. */
  knownHosts?: Input<string>;
  /** Text of a private key, tried before key files. Never written anywhere. Absent: none. */
  privateKey?: Input<string>;
  /** Passphrase of the private key. Absent: it has none, or the SSH agent holds the key. */
  keyPassphrase?: Input<string>;
  /** What may be done to a running guest by resources that do not say so themselves: "live", "detach" or "restart". Absent: "live". */
  whenRunning?: Input<"live" | "detach" | "restart">;
  /** What becomes of arguments that libvirt is known to refuse, such as an IO thread on an IDE disk: "error" stops before anything is touched, "warning" tells and lets libvirt decide, "off" does not tell. Absent: "error". */
  lints?: Input<"error" | "warning" | "off">;
  /** Levels of the lints L1 to L10 that differ from the table's, as JSON: {"L4": "off", "L10": "warning"}. Levels: off, info, warning, error. Absent: the table's. */
  lint?: Input<string>;
  /** URIs of all hosts of the program, as a JSON list or separated by white space: they are read side by side at the first question to any of them. Absent: each at the first question to it. */
  hosts?: Input<string>;
  /** Seconds, from 1 to 3600, for one SSH connection with its jump hosts, retries and login. Absent: ConnectTimeout of ~/.ssh/config, else 20. */
  connectSeconds?: Input<number>;
  /** Seconds, from 1 to 3600, for libvirt's answer to the first question. Absent: 30. */
  answerSeconds?: Input<number>;
  /** What serves the resources of a TypeScript program that are given no provider: "native" this plugin, "dynamic" the handlers of the installed package. Absent: "dynamic". */
  frontEnd?: Input<"native" | "dynamic">;
}

export interface DomainArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Absent: the host of the provider that the native front end was given. Another host makes a new resource; other credentials for the same host do not. */
  host?: Input<string>;
  /** Name of the domain on its host. Absent: the `<name>` in `xml`. A new one makes a new domain. */
  name?: Input<string>;
  /** UUID. Absent: the one it has, or libvirt makes one. A new one makes a new domain. */
  uuid?: Input<string>;
  /** Hypervisor: "kvm", or "qemu" for emulation without KVM. Absent for a new domain: "kvm". Changing it: next boot. */
  type?: Input<"kvm" | "qemu" | "test" | "hvf" | "xen" | "lxc">;
  /** Short text for people. Changed live. */
  title?: Input<string>;
  /** Longer text for people. Changed live. */
  description?: Input<string>;
  /** Most memory the guest can have: "4 GiB", or a number of KiB. A new domain needs it. Changing it: next boot. */
  memory?: Input<string | number>;
  /** Memory the guest has now, by its balloon. Absent: all of `memory`. Changed live where the guest has a balloon driver. */
  currentMemory?: Input<string | number>;
  /** Most vCPUs the guest can have. Absent for a new domain: 1. Changing it: next boot. */
  vcpus?: Input<number>;
  /** vCPUs plugged now, up to `vcpus`. Absent: all. Changed live. */
  currentVcpus?: Input<number>;
  /** Host CPUs for all threads that have no pin of their own. Next boot. */
  cpuset?: Input<string>;
  /** Architecture, such as x86_64 or aarch64. Absent for a new domain: the host's. Changing it: next boot. */
  arch?: Input<string>;
  /** Machine type, such as "q35" or "pc-q35-7.2"; an alias stays satisfied by the version that libvirt chose for it. Changing it: next boot. */
  machine?: Input<string>;
  /** Firmware that libvirt selects. Absent: the machine's own. Changing it: next boot. */
  firmware?: Input<"bios" | "efi">;
  /** Firmware image given by hand. Changing it: next boot. */
  loader?: Input<Loader>;
  /** Path of the firmware's variable store. Changing it: next boot. */
  nvram?: Input<string>;
  /** Path of a kernel on the host to boot directly. Changing it: next boot. */
  kernel?: Input<string>;
  /** Path of an initial RAM disk on the host. Changing it: next boot. */
  initrd?: Input<string>;
  /** Kernel's command line. Changing it: next boot. */
  cmdline?: Input<string>;
  /** Kinds of device to boot from, in order. Cannot stand together with a device's `bootOrder`. Changing it: next boot. */
  bootDevices?: Input<Input<BootDevice>[]>;
  /** The guest's CPU. Absent: libvirt's default. Changing it: next boot. */
  cpu?: Input<Cpu>;
  /** IO threads: their number (ids from 1), or a list with ids. More threads on the domain, from `IoThread` resources or others, are left alone. Adding is live; removing is live when no device uses the thread. */
  ioThreads?: Input<number> | Input<Input<DomainIoThread>[]>;
  /** Pins, schedulers and weights of the guest's threads. */
  cpuTune?: Input<CpuTune>;
  /** Host NUMA nodes for the guest's memory. Changing it: next boot. */
  numaTune?: Input<NumaTune>;
  /** Disks by target. Adding one is live where its bus can; changing or removing one detaches it, or waits for the next boot. */
  disks?: Input<Input<Disk>[]>;
  /** Controllers by type and index. */
  controllers?: Input<Input<Controller>[]>;
  /** Network interfaces, by MAC address where given. Adding one is live. */
  interfaces?: Input<Input<Interface>[]>;
  /** Graphical consoles. Changing them: next boot. */
  graphics?: Input<Input<Graphics>[]>;
  /** Video cards. Changing them: next boot. */
  videos?: Input<Input<Video>[]>;
  /** Text consoles. Changing them: next boot. */
  consoles?: Input<Input<Console>[]>;
  /** Any `<domain>` XML, laid under the other arguments. The same place declared twice with different values is refused. */
  xml?: Input<string>;
  /** Whether the guest runs. Absent: left as it is. */
  running?: Input<boolean>;
  /** Whether it starts with its host. Absent: left as it is. Changed live. */
  autostart?: Input<boolean>;
  /** Spare PCIe root ports that a new q35 domain gets, for disks and controllers to be plugged in while it runs. Absent: 8. */
  hotplugSlots?: Input<number>;
  /** What may be deleted with the domain when it is removed. Absent: nothing; what is there stops the removal. Disk images are never deleted. */
  undefineWith?: Input<
    Input<"managedSave" | "snapshotsMetadata" | "checkpointsMetadata" | "nvram" | "tpm">[]
  >;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Absent: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. */
  whenRunning?: Input<"live" | "detach" | "restart">;
  /** Seconds that a guest has to power off when asked to. Absent: 60. */
  shutdownTimeoutSeconds?: Input<number>;
  /** Whether a guest that did not power off in time is cut off. Absent: it is not, and that is an error. */
  forceOff?: Input<boolean>;
}

/** A persistent domain of a libvirt host. What it does not declare is left as it is. */
export class Domain extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Absent: the host of the provider that the native front end was given. Another host makes a new resource; other credentials for the same host do not. */
  declare readonly host: Output<string>;
  /** Name of the domain on its host. */
  declare readonly name: Output<string>;
  /** UUID, which the domain keeps. */
  declare readonly uuid: Output<string>;
  /** Hypervisor: "kvm", or "qemu" for emulation without KVM. Absent for a new domain: "kvm". Changing it: next boot. */
  declare readonly type: Output<"kvm" | "qemu" | "test" | "hvf" | "xen" | "lxc" | undefined>;
  /** Short text for people. Changed live. */
  declare readonly title: Output<string | undefined>;
  /** Longer text for people. Changed live. */
  declare readonly description: Output<string | undefined>;
  /** Most memory the guest can have: "4 GiB", or a number of KiB. A new domain needs it. Changing it: next boot. */
  declare readonly memory: Output<string | number | undefined>;
  /** Memory the guest has now, by its balloon. Absent: all of `memory`. Changed live where the guest has a balloon driver. */
  declare readonly currentMemory: Output<string | number | undefined>;
  /** Most vCPUs the guest can have. Absent for a new domain: 1. Changing it: next boot. */
  declare readonly vcpus: Output<number | undefined>;
  /** vCPUs plugged now, up to `vcpus`. Absent: all. Changed live. */
  declare readonly currentVcpus: Output<number | undefined>;
  /** Host CPUs for all threads that have no pin of their own. Next boot. */
  declare readonly cpuset: Output<string | undefined>;
  /** Architecture, such as x86_64 or aarch64. Absent for a new domain: the host's. Changing it: next boot. */
  declare readonly arch: Output<string | undefined>;
  /** Machine type, such as "q35" or "pc-q35-7.2"; an alias stays satisfied by the version that libvirt chose for it. Changing it: next boot. */
  declare readonly machine: Output<string | undefined>;
  /** Firmware that libvirt selects. Absent: the machine's own. Changing it: next boot. */
  declare readonly firmware: Output<"bios" | "efi" | undefined>;
  /** Firmware image given by hand. Changing it: next boot. */
  declare readonly loader: Output<LoaderOutput | undefined>;
  /** Path of the firmware's variable store. Changing it: next boot. */
  declare readonly nvram: Output<string | undefined>;
  /** Path of a kernel on the host to boot directly. Changing it: next boot. */
  declare readonly kernel: Output<string | undefined>;
  /** Path of an initial RAM disk on the host. Changing it: next boot. */
  declare readonly initrd: Output<string | undefined>;
  /** Kernel's command line. Changing it: next boot. */
  declare readonly cmdline: Output<string | undefined>;
  /** Kinds of device to boot from, in order. Cannot stand together with a device's `bootOrder`. Changing it: next boot. */
  declare readonly bootDevices: Output<BootDeviceOutput[] | undefined>;
  /** The guest's CPU. Absent: libvirt's default. Changing it: next boot. */
  declare readonly cpu: Output<CpuOutput | undefined>;
  /** IO threads: their number (ids from 1), or a list with ids. More threads on the domain, from `IoThread` resources or others, are left alone. Adding is live; removing is live when no device uses the thread. */
  declare readonly ioThreads: Output<number | DomainIoThreadOutput[] | undefined>;
  /** Pins, schedulers and weights of the guest's threads. */
  declare readonly cpuTune: Output<CpuTuneOutput | undefined>;
  /** Host NUMA nodes for the guest's memory. Changing it: next boot. */
  declare readonly numaTune: Output<NumaTuneOutput | undefined>;
  /** Disks by target. Adding one is live where its bus can; changing or removing one detaches it, or waits for the next boot. */
  declare readonly disks: Output<DiskOutput[] | undefined>;
  /** Controllers by type and index. */
  declare readonly controllers: Output<ControllerOutput[] | undefined>;
  /** Network interfaces, by MAC address where given. Adding one is live. */
  declare readonly interfaces: Output<InterfaceOutput[] | undefined>;
  /** Graphical consoles. Changing them: next boot. */
  declare readonly graphics: Output<GraphicsOutput[] | undefined>;
  /** Video cards. Changing them: next boot. */
  declare readonly videos: Output<VideoOutput[] | undefined>;
  /** Text consoles. Changing them: next boot. */
  declare readonly consoles: Output<ConsoleOutput[] | undefined>;
  /** Any `<domain>` XML, laid under the other arguments. The same place declared twice with different values is refused. */
  declare readonly xml: Output<string | undefined>;
  /** Whether the guest runs. Absent: left as it is. */
  declare readonly running: Output<boolean | undefined>;
  /** Whether it starts with its host. Absent: left as it is. Changed live. */
  declare readonly autostart: Output<boolean | undefined>;
  /** Spare PCIe root ports that a new q35 domain gets, for disks and controllers to be plugged in while it runs. Absent: 8. */
  declare readonly hotplugSlots: Output<number | undefined>;
  /** What may be deleted with the domain when it is removed. Absent: nothing; what is there stops the removal. Disk images are never deleted. */
  declare readonly undefineWith: Output<
    "managedSave" | "snapshotsMetadata" | "checkpointsMetadata" | "nvram" | "tpm"[] | undefined
  >;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Absent: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. */
  declare readonly whenRunning: Output<"live" | "detach" | "restart" | undefined>;
  /** Seconds that a guest has to power off when asked to. Absent: 60. */
  declare readonly shutdownTimeoutSeconds: Output<number | undefined>;
  /** Whether a guest that did not power off in time is cut off. Absent: it is not, and that is an error. */
  declare readonly forceOff: Output<boolean | undefined>;
  /** Run state in libvirt's words: `running`, `shut off`, `paused` … */
  declare readonly state: Output<string>;
  /** What waits for the next power cycle; empty when the running guest is as declared. */
  declare readonly pendingRestart: Output<PendingOutput[]>;

  constructor(name: string, args: DomainArgs, options?: CustomResourceOptions) {
    super(
      "Domain",
      name,
      {
        given: [
          "host",
          "type",
          "title",
          "description",
          "memory",
          "currentMemory",
          "vcpus",
          "currentVcpus",
          "cpuset",
          "arch",
          "machine",
          "firmware",
          "loader",
          "nvram",
          "kernel",
          "initrd",
          "cmdline",
          "bootDevices",
          "cpu",
          "ioThreads",
          "cpuTune",
          "numaTune",
          "disks",
          "controllers",
          "interfaces",
          "graphics",
          "videos",
          "consoles",
          "xml",
          "running",
          "autostart",
          "hotplugSlots",
          "undefineWith",
          "whenRunning",
          "shutdownTimeoutSeconds",
          "forceOff",
        ],
        made: ["name", "uuid", "state", "pendingRestart"],
      },
      args,
      options,
    );
  }
}

export interface IoThreadArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Absent: the host of the provider that the native front end was given. Another host makes a new resource; other credentials for the same host do not. */
  host?: Input<string>;
  /** Name of the domain on that host. Another one makes a new resource. */
  domain: Input<string>;
  /** Id within the domain, from 1. Absent: the lowest free one. A new one makes a new thread. */
  ioThreadId?: Input<number>;
  /** Longest busy polling in nanoseconds before the thread sleeps; 0: none. Absent: QEMU's default, 32768. Changed live; before libvirt 9.4 it lasts until the guest's next power cycle, and is then put back. */
  pollMaxNs?: Input<number>;
  /** Factor by which polling time grows; 0: QEMU's default. Changed live; lasts as pollMaxNs does. */
  pollGrow?: Input<number>;
  /** Divisor by which polling time shrinks; 0: QEMU's default. Changed live; lasts as pollMaxNs does. */
  pollShrink?: Input<number>;
  /** Threads always kept for blocking requests; needs threadPoolMax. Absent: 0. Changed live. libvirt ≥ 8.5. */
  threadPoolMin?: Input<number>;
  /** Most threads for blocking requests. Absent: 64. Changed live, but can't be unset live. libvirt ≥ 8.5. */
  threadPoolMax?: Input<number>;
}

/** One IO thread of a domain; added to the running guest without a restart. */
export class IoThread extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Absent: the host of the provider that the native front end was given. Another host makes a new resource; other credentials for the same host do not. */
  declare readonly host: Output<string>;
  /** Name of the domain on that host. Another one makes a new resource. */
  declare readonly domain: Output<string>;
  /** Id within the domain. */
  declare readonly ioThreadId: Output<number>;
  /** Polling in force, in nanoseconds; null when the guest is off and none is declared. */
  declare readonly pollMaxNs: Output<number | null>;
  /** Factor by which polling time grows; 0: QEMU's default. Changed live; lasts as pollMaxNs does. */
  declare readonly pollGrow: Output<number | undefined>;
  /** Divisor by which polling time shrinks; 0: QEMU's default. Changed live; lasts as pollMaxNs does. */
  declare readonly pollShrink: Output<number | undefined>;
  /** Threads always kept for blocking requests; needs threadPoolMax. Absent: 0. Changed live. libvirt ≥ 8.5. */
  declare readonly threadPoolMin: Output<number | undefined>;
  /** Most threads for blocking requests. Absent: 64. Changed live, but can't be unset live. libvirt ≥ 8.5. */
  declare readonly threadPoolMax: Output<number | undefined>;
  /** The kernel's id of the thread; null when the guest is off or /proc is not readable. */
  declare readonly threadId: Output<number | null>;

  constructor(name: string, args: IoThreadArgs, options?: CustomResourceOptions) {
    super(
      "IoThread",
      name,
      {
        given: ["host", "domain", "pollGrow", "pollShrink", "threadPoolMin", "threadPoolMax"],
        made: ["ioThreadId", "threadId", "pollMaxNs"],
      },
      args,
      options,
      "ioThreadId",
    );
  }
}

export interface IoThreadPinArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Absent: the host of the provider that the native front end was given. Another host makes a new resource; other credentials for the same host do not. */
  host?: Input<string>;
  /** Name of the domain on that host. Another one makes a new resource. */
  domain: Input<string>;
  /** Id of an IO thread of the domain. Another one makes a new pin. */
  ioThread: Input<number>;
  /** Host CPUs on which the thread may run. Changed live. */
  cpuset: Input<string>;
}

/** The host CPUs on which an IO thread may run. */
export class IoThreadPin extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Absent: the host of the provider that the native front end was given. Another host makes a new resource; other credentials for the same host do not. */
  declare readonly host: Output<string>;
  /** Name of the domain on that host. Another one makes a new resource. */
  declare readonly domain: Output<string>;
  /** Id of an IO thread of the domain. Another one makes a new pin. */
  declare readonly ioThread: Output<number>;
  /** Host CPUs on which the thread may run. Changed live. */
  declare readonly cpuset: Output<string>;
  /** CPUs that the kernel allows the thread, such as `0-1`; null when the guest is off or /proc is not readable. */
  declare readonly cpusAllowed: Output<string | null>;

  constructor(name: string, args: IoThreadPinArgs, options?: CustomResourceOptions) {
    super(
      "IoThreadPin",
      name,
      { given: ["host", "domain", "ioThread", "cpuset"], made: ["cpusAllowed"] },
      args,
      options,
    );
  }
}

export interface VirtioDiskArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Absent: the host of the provider that the native front end was given. Another host makes a new resource; other credentials for the same host do not. */
  host?: Input<string>;
  /** Name of the domain on that host. Another one makes a new resource. */
  domain: Input<string>;
  /** Name by which libvirt knows the disk, from vda to vdzzz; the guest may call it otherwise. A new one makes a new disk. */
  target: Input<string>;
  /** What the guest sees as this disk. Changing it on a running guest: detach, or next boot; at once for removable media. */
  source?: Input<DiskSource>;
  /** Format of the image. Absent: libvirt takes "raw" and never looks. Changing it: detach, or next boot. */
  format?: Input<"raw" | "qcow2" | "qed" | "vmdk" | "vdi" | "vpc" | "luks">;
  /** Caching on the host. Absent: QEMU's default, writeback. Changing it: detach, or next boot. */
  cache?: Input<"default" | "none" | "writethrough" | "writeback" | "directsync" | "unsafe">;
  /** How the host does asynchronous IO. "native" needs cache "none" or "directsync". Changing it: detach, or next boot. */
  io?: Input<"threads" | "native" | "io_uring">;
  /** Whether the guest's discards reach the storage. Absent: "ignore". Changing it: detach, or next boot. */
  discard?: Input<"ignore" | "unmap">;
  /** Whether writes of zeroes are made cheaper. Absent: "off". Changing it: detach, or next boot. */
  detectZeroes?: Input<"off" | "on" | "unmap">;
  /** Serial number that the guest sees, at most 20 characters for virtio. Changing it: detach, or next boot. */
  serial?: Input<string>;
  /** The guest may not write. Absent: it may. Changing it: detach, or next boot. */
  readonly?: Input<boolean>;
  /** Several guests may have this disk at once. Changing it: detach, or next boot. */
  shareable?: Input<boolean>;
  /** Place in the boot order, from 1. Cannot stand together with a domain's `bootDevices`. Changing it: next boot. */
  bootOrder?: Input<number>;
  /** Limits of throughput, enforced by QEMU. Changed live. */
  ioTune?: Input<IoTune>;
  /** Virtqueues of the disk. Absent: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  queues?: Input<number>;
  /** Entries per virtqueue, a power of two. Absent: 256. Changing it: detach, or next boot. */
  queueSize?: Input<number>;
  /** Id of the IO thread that serves this disk; an id of this domain. Absent: QEMU's main loop serves it. libvirt refuses to change it live: detach, or next boot. */
  ioThread?: Input<number>;
  /** Several IO threads for this disk's virtqueues, in place of `ioThread`. libvirt ≥ 10.0, QEMU ≥ 9.0. Changing it: detach, or next boot. */
  ioThreads?: Input<Input<IoThreadMapping>[]>;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Absent: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. */
  whenRunning?: Input<"live" | "detach" | "restart">;
  /** Seconds that a guest has to power off when asked to. Absent: 60. */
  shutdownTimeoutSeconds?: Input<number>;
  /** Whether a guest that did not power off in time is cut off. Absent: it is not, and that is an error. */
  forceOff?: Input<boolean>;
}

/** One virtio-blk disk, plugged into the running guest. Its image is never created and never deleted. */
export class VirtioDisk extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Absent: the host of the provider that the native front end was given. Another host makes a new resource; other credentials for the same host do not. */
  declare readonly host: Output<string>;
  /** Name of the domain on that host. Another one makes a new resource. */
  declare readonly domain: Output<string>;
  /** Name by which libvirt knows the disk, from vda to vdzzz; the guest may call it otherwise. A new one makes a new disk. */
  declare readonly target: Output<string>;
  /** What the guest sees as this disk. Changing it on a running guest: detach, or next boot; at once for removable media. */
  declare readonly source: Output<DiskSourceOutput | undefined>;
  /** Format of the image. Absent: libvirt takes "raw" and never looks. Changing it: detach, or next boot. */
  declare readonly format: Output<"raw" | "qcow2" | "qed" | "vmdk" | "vdi" | "vpc" | "luks" | undefined>;
  /** Caching on the host. Absent: QEMU's default, writeback. Changing it: detach, or next boot. */
  declare readonly cache: Output<
    "default" | "none" | "writethrough" | "writeback" | "directsync" | "unsafe" | undefined
  >;
  /** How the host does asynchronous IO. "native" needs cache "none" or "directsync". Changing it: detach, or next boot. */
  declare readonly io: Output<"threads" | "native" | "io_uring" | undefined>;
  /** Whether the guest's discards reach the storage. Absent: "ignore". Changing it: detach, or next boot. */
  declare readonly discard: Output<"ignore" | "unmap" | undefined>;
  /** Whether writes of zeroes are made cheaper. Absent: "off". Changing it: detach, or next boot. */
  declare readonly detectZeroes: Output<"off" | "on" | "unmap" | undefined>;
  /** Serial number that the guest sees, at most 20 characters for virtio. Changing it: detach, or next boot. */
  declare readonly serial: Output<string | undefined>;
  /** The guest may not write. Absent: it may. Changing it: detach, or next boot. */
  declare readonly readonly: Output<boolean | undefined>;
  /** Several guests may have this disk at once. Changing it: detach, or next boot. */
  declare readonly shareable: Output<boolean | undefined>;
  /** Place in the boot order, from 1. Cannot stand together with a domain's `bootDevices`. Changing it: next boot. */
  declare readonly bootOrder: Output<number | undefined>;
  /** Limits of throughput, enforced by QEMU. Changed live. */
  declare readonly ioTune: Output<IoTuneOutput | undefined>;
  /** Virtqueues of the disk. Absent: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  declare readonly queues: Output<number | undefined>;
  /** Entries per virtqueue, a power of two. Absent: 256. Changing it: detach, or next boot. */
  declare readonly queueSize: Output<number | undefined>;
  /** Id of the IO thread that serves this disk; an id of this domain. Absent: QEMU's main loop serves it. libvirt refuses to change it live: detach, or next boot. */
  declare readonly ioThread: Output<number | undefined>;
  /** Several IO threads for this disk's virtqueues, in place of `ioThread`. libvirt ≥ 10.0, QEMU ≥ 9.0. Changing it: detach, or next boot. */
  declare readonly ioThreads: Output<IoThreadMappingOutput[] | undefined>;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Absent: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. */
  declare readonly whenRunning: Output<"live" | "detach" | "restart" | undefined>;
  /** Seconds that a guest has to power off when asked to. Absent: 60. */
  declare readonly shutdownTimeoutSeconds: Output<number | undefined>;
  /** Whether a guest that did not power off in time is cut off. Absent: it is not, and that is an error. */
  declare readonly forceOff: Output<boolean | undefined>;
  /** What waits for the next power cycle; empty when the running guest is as declared. */
  declare readonly pendingRestart: Output<PendingOutput[]>;

  constructor(name: string, args: VirtioDiskArgs, options?: CustomResourceOptions) {
    super(
      "VirtioDisk",
      name,
      {
        given: [
          "host",
          "domain",
          "target",
          "source",
          "format",
          "cache",
          "io",
          "discard",
          "detectZeroes",
          "serial",
          "readonly",
          "shareable",
          "bootOrder",
          "ioTune",
          "queues",
          "queueSize",
          "ioThread",
          "ioThreads",
          "whenRunning",
          "shutdownTimeoutSeconds",
          "forceOff",
        ],
        made: ["pendingRestart"],
      },
      args,
      options,
    );
  }
}

export interface VirtioScsiControllerArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Absent: the host of the provider that the native front end was given. Another host makes a new resource; other credentials for the same host do not. */
  host?: Input<string>;
  /** Name of the domain on that host. Another one makes a new resource. */
  domain: Input<string>;
  /** Number of the controller among the domain's SCSI controllers, from 0. A new one makes a new controller. */
  index: Input<number>;
  /** Absent: "virtio-scsi". Changing it: detach, or next boot. */
  model?: Input<"virtio-scsi" | "virtio-transitional" | "virtio-non-transitional">;
  /** Id of the IO thread that serves every disk on this controller. Absent: QEMU's main loop. Changing it: detach, or next boot. */
  ioThread?: Input<number>;
  /** Several IO threads for this controller's virtqueues, in place of `ioThread`. libvirt ≥ 11.2, QEMU ≥ 10.0. Changing it: detach, or next boot. */
  ioThreads?: Input<Input<IoThreadMapping>[]>;
  /** Request queues. Absent: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  queues?: Input<number>;
  /** Most commands queued per disk. Absent: 128. Changing it: detach, or next boot. */
  cmdPerLun?: Input<number>;
  /** Most sectors per command. Absent: 65535. Changing it: detach, or next boot. */
  maxSectors?: Input<number>;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Absent: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. */
  whenRunning?: Input<"live" | "detach" | "restart">;
  /** Seconds that a guest has to power off when asked to. Absent: 60. */
  shutdownTimeoutSeconds?: Input<number>;
  /** Whether a guest that did not power off in time is cut off. Absent: it is not, and that is an error. */
  forceOff?: Input<boolean>;
}

/** One virtio-scsi controller, plugged into the running guest. */
export class VirtioScsiController extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Absent: the host of the provider that the native front end was given. Another host makes a new resource; other credentials for the same host do not. */
  declare readonly host: Output<string>;
  /** Name of the domain on that host. Another one makes a new resource. */
  declare readonly domain: Output<string>;
  /** Number of the controller among the domain's SCSI controllers, from 0. A new one makes a new controller. */
  declare readonly index: Output<number>;
  /** Absent: "virtio-scsi". Changing it: detach, or next boot. */
  declare readonly model: Output<
    "virtio-scsi" | "virtio-transitional" | "virtio-non-transitional" | undefined
  >;
  /** Id of the IO thread that serves every disk on this controller. Absent: QEMU's main loop. Changing it: detach, or next boot. */
  declare readonly ioThread: Output<number | undefined>;
  /** Several IO threads for this controller's virtqueues, in place of `ioThread`. libvirt ≥ 11.2, QEMU ≥ 10.0. Changing it: detach, or next boot. */
  declare readonly ioThreads: Output<IoThreadMappingOutput[] | undefined>;
  /** Request queues. Absent: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  declare readonly queues: Output<number | undefined>;
  /** Most commands queued per disk. Absent: 128. Changing it: detach, or next boot. */
  declare readonly cmdPerLun: Output<number | undefined>;
  /** Most sectors per command. Absent: 65535. Changing it: detach, or next boot. */
  declare readonly maxSectors: Output<number | undefined>;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Absent: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. */
  declare readonly whenRunning: Output<"live" | "detach" | "restart" | undefined>;
  /** Seconds that a guest has to power off when asked to. Absent: 60. */
  declare readonly shutdownTimeoutSeconds: Output<number | undefined>;
  /** Whether a guest that did not power off in time is cut off. Absent: it is not, and that is an error. */
  declare readonly forceOff: Output<boolean | undefined>;
  /** What waits for the next power cycle; empty when the running guest is as declared. */
  declare readonly pendingRestart: Output<PendingOutput[]>;

  constructor(name: string, args: VirtioScsiControllerArgs, options?: CustomResourceOptions) {
    super(
      "VirtioScsiController",
      name,
      {
        given: [
          "host",
          "domain",
          "index",
          "model",
          "ioThread",
          "ioThreads",
          "queues",
          "cmdPerLun",
          "maxSectors",
          "whenRunning",
          "shutdownTimeoutSeconds",
          "forceOff",
        ],
        made: ["pendingRestart"],
      },
      args,
      options,
    );
  }
}

export interface GetHostArgs {
  /** libvirt URI. Absent: the provider's host. */
  readonly host?: Input<string>;
}

export interface GetHostResult {
  /** Version of libvirt's daemon: `9.0.0`. */
  readonly libvirtVersion: string;
  /** Version of QEMU. */
  readonly qemuVersion: string;
  /** Architecture of the host: `x86_64`. */
  readonly arch: string;
  /** Ids of the online CPUs, ascending. */
  readonly cpus: number[];
  /** NUMA nodes of the host. */
  readonly numaNodes: NumaNodeOutput[];
  /** Values of a Domain's `type` for the host's own architecture: `kvm`, `qemu`. */
  readonly domainTypes: string[];
  /** What this host's libvirt and QEMU can do. */
  readonly features: HostFeaturesOutput;
}

/** What a libvirt host is: versions, CPUs, memory by NUMA node, and what its libvirt and QEMU can do. Needs the native plugin. */
export function getHost(args: GetHostArgs = {}, options?: InvokeOptions): Output<GetHostResult> {
  return invoke("getHost", { ...args }, options);
}

export interface GetDomainArgs {
  /** libvirt URI. Absent: the provider's host. */
  readonly host?: Input<string>;
  /** Name of the domain. */
  readonly domain: Input<string>;
}

export interface GetDomainResult {
  /** Name of the domain. */
  readonly name: string;
  /** UUID of the domain. */
  readonly uuid: string;
  /** Run state in libvirt's words: `running`, `shut off` … */
  readonly state: string;
  /** Whether it starts with its host. */
  readonly autostart: boolean;
  /** Whether it has a definition that outlives its power. */
  readonly persistent: boolean;
  /** Its persistent definition, with security info: secret. */
  readonly xml: string;
  /** XML of the running guest, with security info: secret. Absent when it does not run. */
  readonly liveXml?: string;
}

/** One domain as it is. Needs the native plugin. */
export function getDomain(args: GetDomainArgs, options?: InvokeOptions): Output<GetDomainResult> {
  return invoke("getDomain", { ...args }, options);
}

export interface ListDomainsArgs {
  /** libvirt URI. Absent: the provider's host. */
  readonly host?: Input<string>;
}

export interface ListDomainsResult {
  /** Sorted by name. */
  readonly domains: DomainSummaryOutput[];
}

/** All domains of a host, by name. Needs the native plugin. */
export function listDomains(args: ListDomainsArgs = {}, options?: InvokeOptions): Output<ListDomainsResult> {
  return invoke("listDomains", { ...args }, options);
}

export interface GetIoThreadsArgs {
  /** libvirt URI. Absent: the provider's host. */
  readonly host?: Input<string>;
  /** Name of the domain. */
  readonly domain: Input<string>;
}

export interface GetIoThreadsResult {
  /** Sorted by id; of the running guest, or of the definition when it is off. */
  readonly ioThreads: IoThreadFactsOutput[];
}

/** The IO threads of a domain, with what the kernel and QEMU say of those of a running guest. Needs the native plugin. */
export function getIoThreads(args: GetIoThreadsArgs, options?: InvokeOptions): Output<GetIoThreadsResult> {
  return invoke("getIoThreads", { ...args }, options);
}
