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
  /** Default: "rom". */
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
  /** Dies per socket. Default: 1. */
  dies?: number;
  /** Cores per die. */
  cores: number;
  /** Threads per core. */
  threads: number;
}

export interface DomainIoThreadOutput {
  /** Id within the domain, from 1. */
  id: number;
  /** Longest busy polling in nanoseconds before the thread sleeps; 0: none. Default: QEMU's default, 32768. Before libvirt 9.4 it lasts until the guest's next power cycle, and is then put back. */
  pollMaxNs?: number;
  /** Factor by which polling time grows; 0: QEMU's default. Lasts as pollMaxNs does. */
  pollGrow?: number;
  /** Divisor by which polling time shrinks; 0: QEMU's default. Lasts as pollMaxNs does. */
  pollShrink?: number;
  /** How slowly polling time follows the latest wait, as a power of two: each wait counts for 1/2^pollWeight; 0: QEMU's default, 3. libvirt ≥ 12.7 and QEMU ≥ 11.1. */
  pollWeight?: number;
  /** Threads always kept for blocking requests; needs threadPoolMax. Default: 0. libvirt ≥ 8.5. */
  threadPoolMin?: number;
  /** Most threads for blocking requests. Default: 64. Can't be unset live. libvirt ≥ 8.5. */
  threadPoolMax?: number;
}

export interface CpuTuneOutput {
  /** Weight of the guest against others. */
  shares?: number;
  /** Host CPUs per vCPU. */
  vcpuPins?: VcpuPinOutput[];
  /** Host CPUs for QEMU's main loop and helpers. */
  emulatorPin?: string;
  /** Host CPUs per IO thread. The same as separate `IoThreadPin` resources. */
  ioThreadPins?: DomainIoThreadPinOutput[];
  /** Scheduling policy per vCPU. */
  vcpuScheds?: VcpuSchedOutput[];
  /** Scheduling policy per IO thread. */
  ioThreadScheds?: IoThreadSchedOutput[];
}

export interface VcpuPinOutput {
  /** Number of the vCPU, from 0. */
  vcpu: number;
  /** Host CPUs on which it may run. */
  cpuset: string;
}

export interface DomainIoThreadPinOutput {
  /** Id of an IO thread of this domain. */
  ioThread: number;
  /** Host CPUs on which it may run. */
  cpuset: string;
}

export interface VcpuSchedOutput {
  /** vCPUs meant. */
  vcpus: string;
  /** Scheduling policy of the kernel. */
  scheduler?: "batch" | "idle" | "fifo" | "rr";
  /** Real-time priority; needed with "fifo" and "rr". */
  priority?: number;
}

export interface IoThreadSchedOutput {
  /** IO threads meant. */
  ioThreads: string;
  /** Scheduling policy of the kernel. */
  scheduler?: "batch" | "idle" | "fifo" | "rr";
  /** Real-time priority; needed with "fifo" and "rr". */
  priority?: number;
}

export interface NumaTuneOutput {
  /** Default: "strict". */
  mode?: "strict" | "preferred" | "interleave" | "restrictive";
  /** Host NUMA nodes from which the guest's memory is taken. */
  nodeset?: string;
}

export interface DiskOutput {
  /** Name by which libvirt knows the disk. */
  target: string;
  /** Default: by the target's name, vd* virtio, sd* scsi, hd* ide. */
  bus?: "virtio" | "scsi" | "sata" | "ide" | "usb" | "fdc" | "sd";
  /** Default: "disk". */
  device?: "disk" | "cdrom" | "floppy" | "lun";
  /** What the guest sees as this disk. */
  source?: DiskSourceOutput;
  /** Format of the image. Default: libvirt takes "raw" and never looks. */
  format?: "raw" | "qcow2" | "qed" | "vmdk" | "vdi" | "vpc" | "luks";
  /** Caching on the host. Default: QEMU's default, writeback. */
  cache?: "default" | "none" | "writethrough" | "writeback" | "directsync" | "unsafe";
  /** How the host does asynchronous IO. "native" needs cache "none" or "directsync". */
  io?: "threads" | "native" | "io_uring";
  /** Whether the guest's discards reach the storage. Default: "ignore". */
  discard?: "ignore" | "unmap";
  /** Whether writes of zeroes are made cheaper. Default: "off". */
  detectZeroes?: "off" | "on" | "unmap";
  /** Serial number that the guest sees, at most 20 characters for virtio. */
  serial?: string;
  /** The guest may not write. Default: it may. */
  readonly?: boolean;
  /** Several guests may have this disk at once. */
  shareable?: boolean;
  /** Place in the boot order, from 1. Cannot stand together with a domain's `bootDevices`. */
  bootOrder?: number;
  /** Limits of throughput, enforced by QEMU. */
  ioTune?: IoTuneOutput;
  /** Virtqueues of the disk. Default: QEMU gives one per vCPU. */
  queues?: number;
  /** Entries per virtqueue, a power of two. Default: 256. */
  queueSize?: number;
  /** Id of the IO thread that serves this disk; an id of this domain. Default: QEMU's main loop serves it. */
  ioThread?: number;
  /** Several IO threads for this disk's virtqueues, in place of `ioThread`. libvirt ≥ 10.0, QEMU ≥ 9.0. */
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
  /** Absolute path of a socket on the host, behind which another process (qemu-storage-daemon, SPDK) has the whole chain of images and serves the disk by vhost-user. For virtio disks of a domain whose memory is shared (`<memoryBacking><source type="memfd"/><access mode="shared"/>`), of a guest that speaks virtio 1.0. When the process ends, the disk is dead until the next power cycle of the guest. Format, caching, limits, threads and serial are the process's affair: `format`, `cache`, `io`, `discard`, `detectZeroes`, `ioTune`, `ioThread`, `ioThreads`, `serial`, `readonly`, `shareable` are refused. */
  vhostUser?: string;
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
  /** Port. Default: the protocol's own. */
  port?: number;
  /** Default: "tcp". */
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
  /** Virtqueues that this thread serves. Default: QEMU deals all of them out in turn; then no other entry may name any. */
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
  /** Model in libvirt's words: "virtio-scsi", "pcie-root-port", "qemu-xhci" … Default: libvirt chooses. */
  model?: string;
  /** Id of the IO thread that serves every disk on this controller. Default: QEMU's main loop. */
  ioThread?: number;
  /** Several IO threads for this controller's virtqueues, in place of `ioThread`. libvirt ≥ 11.2, QEMU ≥ 10.0. */
  ioThreads?: IoThreadMappingOutput[];
  /** Request queues. Default: QEMU gives one per vCPU. */
  queues?: number;
  /** Most commands queued per disk. Default: 128. */
  cmdPerLun?: number;
  /** Most sectors per command. Default: 65535. */
  maxSectors?: number;
}

export interface InterfaceOutput {
  /** Name of a libvirt network. */
  network?: string;
  /** Name of a bridge on the host. */
  bridge?: string;
  /** Name of a host's network device, reached by macvtap. */
  direct?: string;
  /** MAC address. Default: the one it has, or libvirt makes one. */
  mac?: string;
  /** Default: libvirt's default; "virtio" is the fast one. */
  model?: string;
  /** Largest packet in bytes. */
  mtu?: number;
  /** Queues of a virtio interface. */
  queues?: number;
  /** State of the link. Default: "up". */
  link?: "up" | "down";
  /** Place in the boot order, from 1. */
  bootOrder?: number;
}

export interface GraphicsOutput {
  /** Protocol. */
  type: "vnc" | "spice" | "sdl" | "egl-headless" | "dbus";
  /** Port; -1 or absent: libvirt chooses at each start. */
  port?: number;
  /** Whether libvirt chooses the port. */
  autoport?: boolean;
  /** Address to listen on. Default: the host's default, "127.0.0.1". */
  listen?: string;
}

export interface VideoOutput {
  /** Model. */
  type: "virtio" | "qxl" | "vga" | "cirrus" | "bochs" | "ramfb" | "vmvga" | "none";
  /** Video memory in KiB. */
  vram?: number;
  /** Screens. Default: 1. */
  heads?: number;
}

export interface ConsoleOutput {
  /** What the console is connected to on the host. */
  type: "pty" | "file" | "null" | "tcp" | "unix" | "stdio";
  /** Path for types "file" and "unix". */
  path?: string;
  /** Default: "serial". */
  target?: "serial" | "virtio" | "sclp";
  /** Number of the port. Default: 0. */
  port?: number;
}

export interface PendingOutput {
  /** Path into the domain's XML: `devices/disk[vdb]/driver/@iothread`. */
  path: string;
  /** Value in the running guest, sizes as people write them (`64 MiB`); null when it is not there. */
  live: string | null;
  /** Value in the persistent definition, likewise; null when it is not there. */
  inactive: string | null;
}

export interface NotBroughtOutput {
  /** Path into the domain's XML: `devices/disk[vdb]/driver/@iothread`. */
  path: string;
  /** Value in the persistent definition, likewise; null when it is not there. */
  inactive: string | null;
}

export interface IgnoredOutput {
  /** Path into the domain's XML: `devices/disk[vdb]/driver/@iothread`. */
  path: string;
  /** Value that is declared there. */
  value: string | null;
  /** Version of the host's libvirt: another one is tried again. */
  libvirt: string;
}

export interface Loader {
  /** Path of the firmware image on the host. Changing it: next boot. */
  path: Input<string>;
  /** Whether the guest may write to it. Changing it: next boot. */
  readonly?: Input<boolean>;
  /** Whether it enforces secure boot. Changing it: next boot. */
  secure?: Input<boolean>;
  /** Default: "rom". Changing it: next boot. */
  type?: Input<"rom" | "pflash">;
}

export interface BootDevice {
  /** Kind of device. Changing it: next boot. */
  dev: Input<"hd" | "cdrom" | "network" | "fd">;
}

export interface Cpu {
  /** How the guest's CPU is chosen. Changing it: next boot. */
  mode?: Input<"custom" | "host-model" | "host-passthrough" | "maximum">;
  /** Model for mode "custom". Changing it: next boot. */
  model?: Input<string>;
  /** Sockets × dies × cores × threads; their product is `vcpus`. */
  topology?: Input<CpuTopology>;
}

export interface CpuTopology {
  /** Sockets. Changing it: next boot. */
  sockets: Input<number>;
  /** Dies per socket. Default: 1. Changing it: next boot. */
  dies?: Input<number>;
  /** Cores per die. Changing it: next boot. */
  cores: Input<number>;
  /** Threads per core. Changing it: next boot. */
  threads: Input<number>;
}

export interface DomainIoThread {
  /** Id within the domain, from 1. Another value means another one. */
  id: Input<number>;
  /** Longest busy polling in nanoseconds before the thread sleeps; 0: none. Default: QEMU's default, 32768. Before libvirt 9.4 it lasts until the guest's next power cycle, and is then put back. Changing it: live. */
  pollMaxNs?: Input<number>;
  /** Factor by which polling time grows; 0: QEMU's default. Lasts as pollMaxNs does. Changing it: live. */
  pollGrow?: Input<number>;
  /** Divisor by which polling time shrinks; 0: QEMU's default. Lasts as pollMaxNs does. Changing it: live. */
  pollShrink?: Input<number>;
  /** How slowly polling time follows the latest wait, as a power of two: each wait counts for 1/2^pollWeight; 0: QEMU's default, 3. libvirt ≥ 12.7 and QEMU ≥ 11.1. Changing it: live. */
  pollWeight?: Input<number>;
  /** Threads always kept for blocking requests; needs threadPoolMax. Default: 0. libvirt ≥ 8.5. Changing it: live. */
  threadPoolMin?: Input<number>;
  /** Most threads for blocking requests. Default: 64. Can't be unset live. libvirt ≥ 8.5. Changing it: live. */
  threadPoolMax?: Input<number>;
}

export interface CpuTune {
  /** Weight of the guest against others. Changing it: live. */
  shares?: Input<number>;
  /** Host CPUs per vCPU. Adding or removing one: live. */
  vcpuPins?: Input<Input<VcpuPin>[]>;
  /** Host CPUs for QEMU's main loop and helpers. Changing it: live. */
  emulatorPin?: Input<string>;
  /** Host CPUs per IO thread. The same as separate `IoThreadPin` resources. Adding or removing one: live. */
  ioThreadPins?: Input<Input<DomainIoThreadPin>[]>;
  /** Scheduling policy per vCPU. Adding or removing one: next boot. */
  vcpuScheds?: Input<Input<VcpuSched>[]>;
  /** Scheduling policy per IO thread. Adding or removing one: next boot. */
  ioThreadScheds?: Input<Input<IoThreadSched>[]>;
}

export interface VcpuPin {
  /** Number of the vCPU, from 0. Another value means another one. */
  vcpu: Input<number>;
  /** Host CPUs on which it may run. Changing it: live. */
  cpuset: Input<string>;
}

export interface DomainIoThreadPin {
  /** Id of an IO thread of this domain. Another value means another one. */
  ioThread: Input<number>;
  /** Host CPUs on which it may run. Changing it: live. */
  cpuset: Input<string>;
}

export interface VcpuSched {
  /** vCPUs meant. Another value means another one. */
  vcpus: Input<string>;
  /** Scheduling policy of the kernel. Changing it: next boot. */
  scheduler?: Input<"batch" | "idle" | "fifo" | "rr">;
  /** Real-time priority; needed with "fifo" and "rr". Changing it: next boot. */
  priority?: Input<number>;
}

export interface IoThreadSched {
  /** IO threads meant. Another value means another one. */
  ioThreads: Input<string>;
  /** Scheduling policy of the kernel. Changing it: next boot. */
  scheduler?: Input<"batch" | "idle" | "fifo" | "rr">;
  /** Real-time priority; needed with "fifo" and "rr". Changing it: next boot. */
  priority?: Input<number>;
}

export interface NumaTune {
  /** Default: "strict". Changing it: next boot. */
  mode?: Input<"strict" | "preferred" | "interleave" | "restrictive">;
  /** Host NUMA nodes from which the guest's memory is taken. Changing it: next boot. */
  nodeset?: Input<string>;
}

export interface Disk {
  /** Name by which libvirt knows the disk. Another value means another one. */
  target: Input<string>;
  /** Default: by the target's name, vd* virtio, sd* scsi, hd* ide. Changing it: detach, or next boot. */
  bus?: Input<"virtio" | "scsi" | "sata" | "ide" | "usb" | "fdc" | "sd">;
  /** Default: "disk". Changing it: detach, or next boot. */
  device?: Input<"disk" | "cdrom" | "floppy" | "lun">;
  /** What the guest sees as this disk. */
  source?: Input<DiskSource>;
  /** Format of the image. Default: libvirt takes "raw" and never looks. Changing it: detach, or next boot. */
  format?: Input<"raw" | "qcow2" | "qed" | "vmdk" | "vdi" | "vpc" | "luks">;
  /** Caching on the host. Default: QEMU's default, writeback. Changing it: detach, or next boot. */
  cache?: Input<"default" | "none" | "writethrough" | "writeback" | "directsync" | "unsafe">;
  /** How the host does asynchronous IO. "native" needs cache "none" or "directsync". Changing it: detach, or next boot. */
  io?: Input<"threads" | "native" | "io_uring">;
  /** Whether the guest's discards reach the storage. Default: "ignore". Changing it: detach, or next boot. */
  discard?: Input<"ignore" | "unmap">;
  /** Whether writes of zeroes are made cheaper. Default: "off". Changing it: detach, or next boot. */
  detectZeroes?: Input<"off" | "on" | "unmap">;
  /** Serial number that the guest sees, at most 20 characters for virtio. Changing it: detach, or next boot. */
  serial?: Input<string>;
  /** The guest may not write. Default: it may. Changing it: detach, or next boot. */
  readonly?: Input<boolean>;
  /** Several guests may have this disk at once. Changing it: detach, or next boot. */
  shareable?: Input<boolean>;
  /** Place in the boot order, from 1. Cannot stand together with a domain's `bootDevices`. Changing it: detach, or next boot. */
  bootOrder?: Input<number>;
  /** Limits of throughput, enforced by QEMU. */
  ioTune?: Input<IoTune>;
  /** Virtqueues of the disk. Default: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  queues?: Input<number>;
  /** Entries per virtqueue, a power of two. Default: 256. Changing it: detach, or next boot. */
  queueSize?: Input<number>;
  /** Id of the IO thread that serves this disk; an id of this domain. Default: QEMU's main loop serves it. Changing it: detach, or next boot. */
  ioThread?: Input<number>;
  /** Several IO threads for this disk's virtqueues, in place of `ioThread`. libvirt ≥ 10.0, QEMU ≥ 9.0. Adding or removing one: detach, or next boot. */
  ioThreads?: Input<Input<IoThreadMapping>[]>;
}

export interface DiskSource {
  /** Absolute path of an image file on the host. Never created, never deleted. Changing it: live for removable media, else detach, or next boot. */
  file?: Input<string>;
  /** Absolute path of a block device on the host. Changing it: live for removable media, else detach, or next boot. */
  block?: Input<string>;
  /** A volume of a libvirt storage pool. */
  volume?: Input<DiskVolume>;
  /** Storage over the network. */
  network?: Input<DiskNetwork>;
  /** Absolute path of a socket on the host, behind which another process (qemu-storage-daemon, SPDK) has the whole chain of images and serves the disk by vhost-user. For virtio disks of a domain whose memory is shared (`<memoryBacking><source type="memfd"/><access mode="shared"/>`), of a guest that speaks virtio 1.0. When the process ends, the disk is dead until the next power cycle of the guest. Format, caching, limits, threads and serial are the process's affair: `format`, `cache`, `io`, `discard`, `detectZeroes`, `ioTune`, `ioThread`, `ioThreads`, `serial`, `readonly`, `shareable` are refused. Changing it: live for removable media, else detach, or next boot. */
  vhostUser?: Input<string>;
}

export interface DiskVolume {
  /** Name of a libvirt storage pool. Changing it: live for removable media, else detach, or next boot. */
  pool: Input<string>;
  /** Name of a volume in that pool. Changing it: live for removable media, else detach, or next boot. */
  volume: Input<string>;
}

export interface DiskNetwork {
  /** How the storage is reached. Changing it: live for removable media, else detach, or next boot. */
  protocol: Input<
    "nbd" | "rbd" | "iscsi" | "gluster" | "http" | "https" | "ftp" | "ftps" | "tftp" | "nfs" | "ssh"
  >;
  /** Export, image or target on the server. Changing it: live for removable media, else detach, or next boot. */
  name?: Input<string>;
  /** Servers, in the order in which they are tried. Adding or removing one: live for removable media, else detach, or next boot. */
  hosts?: Input<Input<DiskHost>[]>;
}

export interface DiskHost {
  /** Host name or address. Changing it: live for removable media, else detach, or next boot. */
  name?: Input<string>;
  /** Port. Default: the protocol's own. Changing it: live for removable media, else detach, or next boot. */
  port?: Input<number>;
  /** Default: "tcp". Changing it: live for removable media, else detach, or next boot. */
  transport?: Input<"tcp" | "rdma" | "unix">;
  /** Path of the socket for transport "unix". Changing it: live for removable media, else detach, or next boot. */
  socket?: Input<string>;
}

export interface IoTune {
  /** Bytes per second, reads and writes together. 0: no limit. Changing it: live. */
  totalBytesSec?: Input<number>;
  /** Bytes read per second. 0: no limit. Changing it: live. */
  readBytesSec?: Input<number>;
  /** Bytes written per second. 0: no limit. Changing it: live. */
  writeBytesSec?: Input<number>;
  /** Requests per second, reads and writes together. 0: no limit. Changing it: live. */
  totalIopsSec?: Input<number>;
  /** Reads per second. 0: no limit. Changing it: live. */
  readIopsSec?: Input<number>;
  /** Writes per second. 0: no limit. Changing it: live. */
  writeIopsSec?: Input<number>;
}

export interface IoThreadMapping {
  /** Id of an IO thread of this domain. Another value means another one. */
  id: Input<number>;
  /** Virtqueues that this thread serves. Default: QEMU deals all of them out in turn; then no other entry may name any. Adding or removing one: detach, or next boot. */
  queues?: Input<Input<QueueRef>[]>;
}

export interface QueueRef {
  /** Number of a virtqueue, from 0 to `queues` - 1. Another value means another one. */
  id: Input<number>;
}

export interface Controller {
  /** Kind of controller. Another value means another one. */
  type: Input<
    "pci" | "scsi" | "sata" | "ide" | "usb" | "virtio-serial" | "fdc" | "ccid" | "xenbus" | "isa" | "nvme"
  >;
  /** Number among those of its kind, from 0. Another value means another one. */
  index: Input<number>;
  /** Model in libvirt's words: "virtio-scsi", "pcie-root-port", "qemu-xhci" … Default: libvirt chooses. Changing it: next boot. */
  model?: Input<string>;
  /** Id of the IO thread that serves every disk on this controller. Default: QEMU's main loop. Changing it: detach, or next boot. */
  ioThread?: Input<number>;
  /** Several IO threads for this controller's virtqueues, in place of `ioThread`. libvirt ≥ 11.2, QEMU ≥ 10.0. Adding or removing one: detach, or next boot. */
  ioThreads?: Input<Input<IoThreadMapping>[]>;
  /** Request queues. Default: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  queues?: Input<number>;
  /** Most commands queued per disk. Default: 128. Changing it: detach, or next boot. */
  cmdPerLun?: Input<number>;
  /** Most sectors per command. Default: 65535. Changing it: detach, or next boot. */
  maxSectors?: Input<number>;
}

export interface Interface {
  /** Name of a libvirt network. Changing it: detach, or next boot. */
  network?: Input<string>;
  /** Name of a bridge on the host. Changing it: detach, or next boot. */
  bridge?: Input<string>;
  /** Name of a host's network device, reached by macvtap. Changing it: detach, or next boot. */
  direct?: Input<string>;
  /** MAC address. Default: the one it has, or libvirt makes one. Another value means another one. */
  mac?: Input<string>;
  /** Default: libvirt's default; "virtio" is the fast one. Changing it: detach, or next boot. */
  model?: Input<string>;
  /** Largest packet in bytes. Changing it: detach, or next boot. */
  mtu?: Input<number>;
  /** Queues of a virtio interface. Changing it: detach, or next boot. */
  queues?: Input<number>;
  /** State of the link. Default: "up". Changing it: live. */
  link?: Input<"up" | "down">;
  /** Place in the boot order, from 1. Changing it: detach, or next boot. */
  bootOrder?: Input<number>;
}

export interface Graphics {
  /** Protocol. Another value means another one. */
  type: Input<"vnc" | "spice" | "sdl" | "egl-headless" | "dbus">;
  /** Port; -1 or absent: libvirt chooses at each start. Changing it: next boot. */
  port?: Input<number>;
  /** Whether libvirt chooses the port. Changing it: next boot. */
  autoport?: Input<boolean>;
  /** Address to listen on. Default: the host's default, "127.0.0.1". Changing it: next boot. */
  listen?: Input<string>;
}

export interface Video {
  /** Model. Changing it: next boot. */
  type: Input<"virtio" | "qxl" | "vga" | "cirrus" | "bochs" | "ramfb" | "vmvga" | "none">;
  /** Video memory in KiB. Changing it: next boot. */
  vram?: Input<number>;
  /** Screens. Default: 1. Changing it: next boot. */
  heads?: Input<number>;
}

export interface Console {
  /** What the console is connected to on the host. Changing it: next boot. */
  type: Input<"pty" | "file" | "null" | "tcp" | "unix" | "stdio">;
  /** Path for types "file" and "unix". Changing it: next boot. */
  path?: Input<string>;
  /** Default: "serial". Changing it: next boot. */
  target?: Input<"serial" | "virtio" | "sclp">;
  /** Number of the port. Default: 0. Changing it: next boot. */
  port?: Input<number>;
}

export interface MeasureOutput {
  /** Seconds of each of the two profiles; an update takes twice that longer. Changing it touches nothing on the host. */
  seconds: number;
}

export interface MeasuredOutput {
  /** When the update began, ISO 8601. */
  at: string;
  /** Seconds of each profile. */
  seconds: number;
  /** All disks and threads of the guest; empty when nothing could be measured. */
  rows: MeasuredRowOutput[];
  /** What changed besides figures, and why something is missing. */
  notes: string[];
}

export interface MeasuredRowOutput {
  /** Target of a disk, or a thread: `vdb`, `IO thread 1`, `main loop`. */
  subject: string;
  /** Figure and unit: `IO/s`, `mean µs`, `CPU %`. */
  what: string;
  /** Median of the windows before. */
  before: number;
  /** Median of the windows after. */
  after: number;
  /** after / before; null where before is 0. */
  ratio: number | null;
  /** Whether the difference is more than the windows vary among themselves. */
  verdict: "better" | "worse" | "more" | "less" | "within the noise" | "too few windows";
}

export interface Measure {
  /** Seconds of each of the two profiles; an update takes twice that longer. Changing it touches nothing on the host. */
  seconds: Input<number>;
}

export interface StoragePoolSourceOutput {
  /** For fs, disk, logical, zfs: block devices. For iscsi, iscsi-direct: the target. */
  devices?: StoragePoolDeviceOutput[];
  /** For netfs, iscsi, iscsi-direct, gluster: the server. For rbd: the monitors. */
  hosts?: StoragePoolHostOutput[];
  /** For netfs: the exported folder. For gluster: a folder in the volume. */
  dir?: string;
  /** For logical: the volume group. For rbd, gluster, zfs: the pool or volume there. Default, not for rbd: the name of the StoragePool. */
  name?: string;
  /** For fs, netfs: the file system. For disk: the partition table. Default: what is there. */
  format?:
    | "auto"
    | "ext2"
    | "ext3"
    | "ext4"
    | "ufs"
    | "iso9660"
    | "udf"
    | "gfs"
    | "gfs2"
    | "vfat"
    | "hfs+"
    | "xfs"
    | "ocfs2"
    | "vmfs"
    | "nfs"
    | "glusterfs"
    | "cifs"
    | "lvm2"
    | "unknown"
    | "dos"
    | "dvh"
    | "gpt"
    | "mac"
    | "bsd"
    | "pc98"
    | "sun";
  /** For scsi: the adapter. */
  adapter?: StoragePoolAdapterOutput;
  /** For iscsi, iscsi-direct, rbd: how the host proves to the server who it is. */
  auth?: StoragePoolAuthOutput;
  /** For iscsi, iscsi-direct: the IQN as which the host logs in. Required for iscsi-direct. */
  initiator?: string;
  /** For netfs with NFS: the version of the protocol. */
  protocolVersion?: string;
}

export interface StoragePoolDeviceOutput {
  /** Path of a block device; for iSCSI the name of the target, `iqn.2026-01.com.example:images`. */
  path: string;
  /** For `disk`: whether the name of a partition has a `p` between device and number. */
  partSeparator?: boolean;
}

export interface StoragePoolHostOutput {
  /** Name or address of the server. */
  name: string;
  /** Port of the server. Default: the protocol's. */
  port?: number;
}

export interface StoragePoolAdapterOutput {
  /** A SCSI host, or a Fibre Channel adapter. */
  type: "scsi_host" | "fc_host";
  /** For scsi_host: the name, such as `host2`. */
  name?: string;
  /** For scsi_host: its PCI address, which stays the same when the host boots, as its name may not. */
  parentAddress?: StoragePoolAdapterAddressOutput;
  /** For fc_host: the adapter that the virtual one is made on. */
  parent?: string;
  /** For fc_host: its world-wide node name. */
  wwnn?: string;
  /** For fc_host: its world-wide port name. */
  wwpn?: string;
  /** For fc_host: whether the virtual adapter goes when the pool stops. */
  managed?: boolean;
}

export interface StoragePoolAdapterAddressOutput {
  /** The file unique_id of the SCSI host below /sys/class/scsi_host. */
  uniqueId: number;
  /** PCI domain, `0x0000`. */
  domain?: string;
  /** PCI bus, `0x00`. */
  bus: string;
  /** PCI slot, `0x1f`. */
  slot: string;
  /** PCI function, `0x2`. */
  function?: string;
}

export interface StoragePoolAuthOutput {
  /** chap for iscsi and iscsi-direct, ceph for rbd. */
  type: "chap" | "ceph";
  /** User on the server. */
  username: string;
  /** Usage of a secret that libvirt has (virsh secret-list). Its value is never read nor sent. */
  secretUsage?: string;
  /** UUID of such a secret, instead of its usage. */
  secretUuid?: string;
}

export interface StoragePoolPermissionsOutput {
  /** Mode, octal: `0711`. */
  mode?: string;
  /** Numeric id of the user. */
  owner?: number;
  /** Numeric id of the group. */
  group?: number;
}

export interface StoragePoolSource {
  /** For fs, disk, logical, zfs: block devices. For iscsi, iscsi-direct: the target. Changing it: the pool's next start. */
  devices?: Input<Input<StoragePoolDevice>[]>;
  /** For netfs, iscsi, iscsi-direct, gluster: the server. For rbd: the monitors. Changing it: the pool's next start. */
  hosts?: Input<Input<StoragePoolHost>[]>;
  /** For netfs: the exported folder. For gluster: a folder in the volume. Changing it: the pool's next start. */
  dir?: Input<string>;
  /** For logical: the volume group. For rbd, gluster, zfs: the pool or volume there. Default, not for rbd: the name of the StoragePool. Changing it: the pool's next start. */
  name?: Input<string>;
  /** For fs, netfs: the file system. For disk: the partition table. Default: what is there. Changing it: the pool's next start. */
  format?: Input<
    | "auto"
    | "ext2"
    | "ext3"
    | "ext4"
    | "ufs"
    | "iso9660"
    | "udf"
    | "gfs"
    | "gfs2"
    | "vfat"
    | "hfs+"
    | "xfs"
    | "ocfs2"
    | "vmfs"
    | "nfs"
    | "glusterfs"
    | "cifs"
    | "lvm2"
    | "unknown"
    | "dos"
    | "dvh"
    | "gpt"
    | "mac"
    | "bsd"
    | "pc98"
    | "sun"
  >;
  /** For scsi: the adapter. Changing it: the pool's next start. */
  adapter?: Input<StoragePoolAdapter>;
  /** For iscsi, iscsi-direct, rbd: how the host proves to the server who it is. Changing it: the pool's next start. */
  auth?: Input<StoragePoolAuth>;
  /** For iscsi, iscsi-direct: the IQN as which the host logs in. Required for iscsi-direct. Changing it: the pool's next start. */
  initiator?: Input<string>;
  /** For netfs with NFS: the version of the protocol. Changing it: the pool's next start. */
  protocolVersion?: Input<string>;
}

export interface StoragePoolDevice {
  /** Path of a block device; for iSCSI the name of the target, `iqn.2026-01.com.example:images`. Changing it: the pool's next start. */
  path: Input<string>;
  /** For `disk`: whether the name of a partition has a `p` between device and number. Changing it: the pool's next start. */
  partSeparator?: Input<boolean>;
}

export interface StoragePoolHost {
  /** Name or address of the server. Changing it: the pool's next start. */
  name: Input<string>;
  /** Port of the server. Default: the protocol's. Changing it: the pool's next start. */
  port?: Input<number>;
}

export interface StoragePoolAdapter {
  /** A SCSI host, or a Fibre Channel adapter. Changing it: the pool's next start. */
  type: Input<"scsi_host" | "fc_host">;
  /** For scsi_host: the name, such as `host2`. Changing it: the pool's next start. */
  name?: Input<string>;
  /** For scsi_host: its PCI address, which stays the same when the host boots, as its name may not. Changing it: the pool's next start. */
  parentAddress?: Input<StoragePoolAdapterAddress>;
  /** For fc_host: the adapter that the virtual one is made on. Changing it: the pool's next start. */
  parent?: Input<string>;
  /** For fc_host: its world-wide node name. Changing it: the pool's next start. */
  wwnn?: Input<string>;
  /** For fc_host: its world-wide port name. Changing it: the pool's next start. */
  wwpn?: Input<string>;
  /** For fc_host: whether the virtual adapter goes when the pool stops. Changing it: the pool's next start. */
  managed?: Input<boolean>;
}

export interface StoragePoolAdapterAddress {
  /** The file unique_id of the SCSI host below /sys/class/scsi_host. Changing it: the pool's next start. */
  uniqueId: Input<number>;
  /** PCI domain, `0x0000`. Changing it: the pool's next start. */
  domain?: Input<string>;
  /** PCI bus, `0x00`. Changing it: the pool's next start. */
  bus: Input<string>;
  /** PCI slot, `0x1f`. Changing it: the pool's next start. */
  slot: Input<string>;
  /** PCI function, `0x2`. Changing it: the pool's next start. */
  function?: Input<string>;
}

export interface StoragePoolAuth {
  /** chap for iscsi and iscsi-direct, ceph for rbd. Changing it: the pool's next start. */
  type: Input<"chap" | "ceph">;
  /** User on the server. Changing it: the pool's next start. */
  username: Input<string>;
  /** Usage of a secret that libvirt has (virsh secret-list). Its value is never read nor sent. Changing it: the pool's next start. */
  secretUsage?: Input<string>;
  /** UUID of such a secret, instead of its usage. Changing it: the pool's next start. */
  secretUuid?: Input<string>;
}

export interface StoragePoolPermissions {
  /** Mode, octal: `0711`. Changing it: the pool's next start. */
  mode?: Input<string>;
  /** Numeric id of the user. Changing it: the pool's next start. */
  owner?: Input<number>;
  /** Numeric id of the group. Changing it: the pool's next start. */
  group?: Input<number>;
}

export interface VolumeContentOutput {
  /** An image from a URL or a file, brought once. It gets the volume's name only when it is whole and checked. */
  image?: VolumeImageOutput;
  /** A qcow2 overlay that reads from another image whatever it does not hold itself. */
  backing?: VolumeBackingOutput;
  /** A full copy of another volume, made once. A guest that runs on that volume must be off. */
  clone?: VolumeCloneOutput;
}

export interface VolumeImageOutput {
  /** Where the image is, in the volume's `format`. `file:///` is a file of the machine that fetches it. */
  url?: string;
  /** Path of the image on the machine where the program runs, such as `images/debian.qcow2` in the program's folder. It is sent through the SSH connection. */
  file?: string;
  /** Where the URL is fetched: on the host with curl, or on the machine where the program runs, which then sends the image through the SSH connection. With a checksum, that machine keeps the image for other hosts. Default: host. */
  fetch?: "host" | "client";
  /** Digest of the image as it is fetched, before it is decompressed. A file with another one is refused. Default: not checked. */
  checksum?: string | VolumeImageChecksumOutput;
  /** How the image is compressed. The host unpacks it. Default: it is not. */
  decompress?: "xz" | "gzip" | "zstd" | "bzip2";
}

export interface VolumeImageChecksumOutput {
  /** A file with checksums, as distributions publish them beside their images: `SHA256SUMS`, `SHA512SUMS`, or the digest alone. It is read when the volume is made. */
  url: string;
}

export interface VolumeBackingOutput {
  /** Absolute path of the image below, such as the `path` of another Volume. */
  path: string;
  /** Format of the image below. It is never guessed. */
  format: "raw" | "qcow2";
}

export interface VolumeCloneOutput {
  /** Pool of the volume to copy. Default: the same pool. */
  pool?: string;
  /** Name of the volume to copy. */
  name: string;
}

export interface VolumeContent {
  /** An image from a URL or a file, brought once. It gets the volume's name only when it is whole and checked. Changing it: not possible. */
  image?: Input<VolumeImage>;
  /** A qcow2 overlay that reads from another image whatever it does not hold itself. Changing it: not possible. */
  backing?: Input<VolumeBacking>;
  /** A full copy of another volume, made once. A guest that runs on that volume must be off. Changing it: not possible. */
  clone?: Input<VolumeClone>;
}

export interface VolumeImage {
  /** Where the image is, in the volume's `format`. `file:///` is a file of the machine that fetches it. */
  url?: Input<string>;
  /** Path of the image on the machine where the program runs, such as `images/debian.qcow2` in the program's folder. It is sent through the SSH connection. */
  file?: Input<string>;
  /** Where the URL is fetched: on the host with curl, or on the machine where the program runs, which then sends the image through the SSH connection. With a checksum, that machine keeps the image for other hosts. Default: host. */
  fetch?: Input<"host" | "client">;
  /** Digest of the image as it is fetched, before it is decompressed. A file with another one is refused. Default: not checked. */
  checksum?: Input<string> | Input<VolumeImageChecksum>;
  /** How the image is compressed. The host unpacks it. Default: it is not. */
  decompress?: Input<"xz" | "gzip" | "zstd" | "bzip2">;
}

export interface VolumeImageChecksum {
  /** A file with checksums, as distributions publish them beside their images: `SHA256SUMS`, `SHA512SUMS`, or the digest alone. It is read when the volume is made. */
  url: Input<string>;
}

export interface VolumeBacking {
  /** Absolute path of the image below, such as the `path` of another Volume. Changing it: not possible. */
  path: Input<string>;
  /** Format of the image below. It is never guessed. Changing it: not possible. */
  format: Input<"raw" | "qcow2">;
}

export interface VolumeClone {
  /** Pool of the volume to copy. Default: the same pool. Changing it: not possible. */
  pool?: Input<string>;
  /** Name of the volume to copy. Changing it: not possible. */
  name: Input<string>;
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
  /** Thread pools of IO threads: libvirt ≥ 8.5 and QEMU ≥ 7.1. */
  threadPool: boolean;
  /** Polling that outlives a power cycle: libvirt ≥ 9.4. */
  pollingInXml: boolean;
  /** The weight of polling: libvirt ≥ 12.7 and QEMU ≥ 11.1. */
  pollWeight: boolean;
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
  /** The kernel's id of the thread. Default: off. */
  threadId?: number | null;
  /** CPUs that the kernel allows it: `0-1`. */
  cpusAllowed?: string | null;
  /** Longest busy polling in nanoseconds. */
  pollMaxNs?: number | null;
  /** Factor by which polling grows. */
  pollGrow?: number | null;
  /** Divisor by which polling shrinks. */
  pollShrink?: number | null;
  /** Weight of polling; omitted before libvirt 12.7 and QEMU 11.1. */
  pollWeight?: number | null;
  /** Disks by target and controllers by type and index that it serves: `vdb`, `scsi 0`. */
  usedBy: string[];
}

export interface VolumeSummaryOutput {
  /** Name in its pool. */
  name: string;
  /** Absolute path on the host. */
  path: string;
  /** libvirt's name of its format: `qcow2`. */
  format: string;
  /** Bytes that a guest sees. */
  capacityBytes: number;
  /** Bytes that it takes on the host. */
  allocationBytes: number;
  /** Path of the image below it. Omitted when there is none. */
  backingPath?: string | null;
}

/** Settings of the native provider plugin. */
export interface ProviderArgs {
  /** Host of resources and functions that name none: a libvirt URI such as "qemu+ssh://root@hv1/system". Default: each must name one. */
  host?: Input<string>;
  /** Path of a private key on this machine, for hosts whose URI has no keyfile=. Default: the SSH agent and what ~/.ssh/config names. */
  keyFile?: Input<string>;
  /** Path of a file of known host keys, for hosts whose URI has no known_hosts=. Default: those of ~/.ssh/config. Host keys are always checked. */
  knownHosts?: Input<string>;
  /** Text of a private key, tried before key files. Never written anywhere. Default: none. */
  privateKey?: Input<string>;
  /** Passphrase of the private key. Default: it has none, or the SSH agent holds the key. */
  keyPassphrase?: Input<string>;
  /** What connects to hosts: "ssh2", a library in this process, or "command", the ssh of this machine, which knows certificates, security keys and Kerberos too. Default: "ssh2". command= of a URI counts for its host. */
  ssh?: Input<"ssh2" | "command">;
  /** What may be done to a running guest by resources that do not say so themselves: "live", "detach" or "restart". Default: "live". */
  whenRunning?: Input<"live" | "detach" | "restart">;
  /** What becomes of arguments that libvirt is known to refuse, such as an IO thread on an IDE disk: "error" stops before anything is touched, "warning" tells and lets libvirt decide, "off" does not tell. Default: "error". */
  lints?: Input<"error" | "warning" | "off">;
  /** Levels of the lints L1 to L12 that differ from the table's, as JSON: {"L4": "off", "L10": "warning"}. Levels: off, info, warning, error. Default: the table's. */
  lint?: Input<string>;
  /** Whether a Domain fails whose `xml` holds what its host's libvirt does not know, where the Domain does not say so itself. Default: it is a warning. */
  strictXml?: Input<boolean>;
  /** Whether a preview fails when it knows that `up` would refuse something: a host that can't be read, an image that is missing, a CPU or a thread that is not there. Default: it says so and goes on. */
  strictPreview?: Input<boolean>;
  /** URIs of all hosts of the program, as a JSON list or separated by white space: they are read side by side at the first question to any of them. Default: each at the first question to it. */
  hosts?: Input<string>;
  /** Seconds, from 1 to 3600, for one SSH connection with its jump hosts, retries and login. Default: ConnectTimeout of ~/.ssh/config, else 20. */
  connectSeconds?: Input<number>;
  /** Seconds, from 1 to 3600, for libvirt's answer to the first question. Default: 30. */
  answerSeconds?: Input<number>;
  /** Seconds, from 1 to 3600, for one command of virsh that changes a host; it is ended then. Default: 60. */
  commandSeconds?: Input<number>;
  /** What serves the resources of a TypeScript program that are given no provider: "native" this plugin, "dynamic" the handlers of the installed package. Default: "dynamic". */
  frontEnd?: Input<"native" | "dynamic">;
}

export interface DomainArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  host?: Input<string>;
  /** Name of the domain on its host. Default: the `<name>` in `xml`. A new one makes a new domain, unless it was renamed so on the host. */
  name?: Input<string>;
  /** UUID. Default: the one it has, or libvirt makes one. A new one makes a new domain. */
  uuid?: Input<string>;
  /** Hypervisor: "kvm", or "qemu" for emulation without KVM. Default for a new domain: "kvm". Changing it: next boot. */
  type?: Input<"kvm" | "qemu" | "test" | "hvf" | "xen" | "lxc">;
  /** Short text for people. Changing it: live. */
  title?: Input<string>;
  /** Longer text for people. Changing it: live. */
  description?: Input<string>;
  /** Most memory the guest can have: "4 GiB", or a number of KiB. A new domain needs it. Changing it: next boot. */
  memory?: Input<string | number>;
  /** Memory the guest has now, by its balloon driver. Default: all of `memory`. Changing it: live. */
  currentMemory?: Input<string | number>;
  /** Most vCPUs the guest can have. Default for a new domain: 1. Changing it: next boot. */
  vcpus?: Input<number>;
  /** vCPUs plugged now, up to `vcpus`. Default: all. Changing it: live for more, else next boot. */
  currentVcpus?: Input<number>;
  /** Host CPUs for all threads that have no pin of their own. Changing it: next boot. */
  cpuset?: Input<string>;
  /** Architecture, such as x86_64 or aarch64. Default for a new domain: the host's. Changing it: next boot. */
  arch?: Input<string>;
  /** Machine type, such as "q35" or "pc-q35-7.2"; an alias stays satisfied by the version that libvirt chose for it. Changing it: next boot. */
  machine?: Input<string>;
  /** Firmware that libvirt selects. Default: the machine's own. Changing it: next boot. */
  firmware?: Input<"bios" | "efi">;
  /** Firmware image given by hand. */
  loader?: Input<Loader>;
  /** Path of the firmware's variable store. Changing it: next boot. */
  nvram?: Input<string>;
  /** Path of a kernel on the host to boot directly. Changing it: next boot. */
  kernel?: Input<string>;
  /** Path of an initial RAM disk on the host. Changing it: next boot. */
  initrd?: Input<string>;
  /** Kernel's command line. Changing it: next boot. */
  cmdline?: Input<string>;
  /** Kinds of device to boot from, in order. Cannot stand together with a device's `bootOrder`. Adding or removing one: next boot. */
  bootDevices?: Input<Input<BootDevice>[]>;
  /** The guest's CPU. Default: libvirt's default. */
  cpu?: Input<Cpu>;
  /** IO threads: their number (ids from 1), or a list with ids. More threads on the domain, from `IoThread` resources or others, are left alone. One that a device uses can't be removed. Adding or removing one: live. */
  ioThreads?: Input<number> | Input<Input<DomainIoThread>[]>;
  /** Pins, schedulers and weights of the guest's threads. */
  cpuTune?: Input<CpuTune>;
  /** Host NUMA nodes for the guest's memory. */
  numaTune?: Input<NumaTune>;
  /** Disks by target. Only virtio, SCSI and USB disks can come and go while the guest runs. Adding one: live; removing one: detach, or next boot. */
  disks?: Input<Input<Disk>[]>;
  /** Controllers by type and index. Adding one: live; removing one: detach, or next boot. */
  controllers?: Input<Input<Controller>[]>;
  /** Network interfaces, by MAC address where given. Adding one: live; removing one: detach, or next boot. */
  interfaces?: Input<Input<Interface>[]>;
  /** Graphical consoles. Adding or removing one: next boot. */
  graphics?: Input<Input<Graphics>[]>;
  /** Video cards. Adding or removing one: next boot. */
  videos?: Input<Input<Video>[]>;
  /** Text consoles. Adding or removing one: next boot. */
  consoles?: Input<Input<Console>[]>;
  /** Any `<domain>` XML, laid under the other arguments. The same place declared twice with different values is refused. Changing it costs what the changed places cost. */
  xml?: Input<string>;
  /** Whether it fails when `xml` holds elements or attributes that the host's libvirt does not know, which it would ignore without a word. Default: that is a warning of the preview. Changing it touches nothing on the host. */
  strictXml?: Input<boolean>;
  /** Whether the guest runs. Default: left as it is. Changing it starts the guest or powers it off. One that somebody paused is resumed, one that suspended itself is woken; one that libvirt or QEMU stopped (I/O error, watchdog, crash) is left as it is, and the preview says so. */
  running?: Input<boolean>;
  /** Whether it starts with its host. Default: left as it is. Changing it: live. */
  autostart?: Input<boolean>;
  /** Spare PCIe root ports that a new q35 domain gets, for disks and controllers to be plugged in while it runs. Default: 8. Changing it later does nothing. */
  hotplugSlots?: Input<number>;
  /** What may be deleted with the domain when it is removed. Default: nothing; what is there stops the removal. Disk images are never deleted. Changing it touches nothing on the host. */
  undefineWith?: Input<
    Input<"managedSave" | "snapshotsMetadata" | "checkpointsMetadata" | "nvram" | "tpm">[]
  >;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Default: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. Changing it touches nothing on the host, unless something waits that it allows now. */
  whenRunning?: Input<"live" | "detach" | "restart">;
  /** Seconds that a guest has to power off when asked to. Default: 60. Changing it touches nothing on the host. */
  shutdownTimeoutSeconds?: Input<number>;
  /** Whether a guest that did not power off in time, or can't be asked to since it is paused or crashed, is cut off. Default: it is not, and that is an error. Changing it touches nothing on the host. */
  forceOff?: Input<boolean>;
  /** Whether another domain that has the name by now, told by its UUID, may be taken over in place of the one that this resource made or took over before. Default: no; previews say so, an update refuses, and a removal leaves it alone. A domain that the state does not know yet is taken over by its name either way. Changing it touches nothing on the host. */
  takeOver?: Input<boolean>;
}

/** A persistent domain of a libvirt host. What it does not declare is left as it is. Every argument: docs/reference.md#domain of the package. */
export class Domain extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  declare readonly host: Output<string>;
  /** Name of the domain on its host. */
  declare readonly name: Output<string>;
  /** UUID, which the domain keeps. */
  declare readonly uuid: Output<string>;
  /** Hypervisor: "kvm", or "qemu" for emulation without KVM. Default for a new domain: "kvm". Changing it: next boot. */
  declare readonly type: Output<"kvm" | "qemu" | "test" | "hvf" | "xen" | "lxc" | undefined>;
  /** Short text for people. Changing it: live. */
  declare readonly title: Output<string | undefined>;
  /** Longer text for people. Changing it: live. */
  declare readonly description: Output<string | undefined>;
  /** Most memory the guest can have: "4 GiB", or a number of KiB. A new domain needs it. Changing it: next boot. */
  declare readonly memory: Output<string | number | undefined>;
  /** Memory the guest has now, by its balloon driver. Default: all of `memory`. Changing it: live. */
  declare readonly currentMemory: Output<string | number | undefined>;
  /** Most vCPUs the guest can have. Default for a new domain: 1. Changing it: next boot. */
  declare readonly vcpus: Output<number | undefined>;
  /** vCPUs plugged now, up to `vcpus`. Default: all. Changing it: live for more, else next boot. */
  declare readonly currentVcpus: Output<number | undefined>;
  /** Host CPUs for all threads that have no pin of their own. Changing it: next boot. */
  declare readonly cpuset: Output<string | undefined>;
  /** Architecture, such as x86_64 or aarch64. Default for a new domain: the host's. Changing it: next boot. */
  declare readonly arch: Output<string | undefined>;
  /** Machine type, such as "q35" or "pc-q35-7.2"; an alias stays satisfied by the version that libvirt chose for it. Changing it: next boot. */
  declare readonly machine: Output<string | undefined>;
  /** Firmware that libvirt selects. Default: the machine's own. Changing it: next boot. */
  declare readonly firmware: Output<"bios" | "efi" | undefined>;
  /** Firmware image given by hand. */
  declare readonly loader: Output<LoaderOutput | undefined>;
  /** Path of the firmware's variable store. Changing it: next boot. */
  declare readonly nvram: Output<string | undefined>;
  /** Path of a kernel on the host to boot directly. Changing it: next boot. */
  declare readonly kernel: Output<string | undefined>;
  /** Path of an initial RAM disk on the host. Changing it: next boot. */
  declare readonly initrd: Output<string | undefined>;
  /** Kernel's command line. Changing it: next boot. */
  declare readonly cmdline: Output<string | undefined>;
  /** Kinds of device to boot from, in order. Cannot stand together with a device's `bootOrder`. Adding or removing one: next boot. */
  declare readonly bootDevices: Output<BootDeviceOutput[] | undefined>;
  /** The guest's CPU. Default: libvirt's default. */
  declare readonly cpu: Output<CpuOutput | undefined>;
  /** IO threads: their number (ids from 1), or a list with ids. More threads on the domain, from `IoThread` resources or others, are left alone. One that a device uses can't be removed. Adding or removing one: live. */
  declare readonly ioThreads: Output<number | DomainIoThreadOutput[] | undefined>;
  /** Pins, schedulers and weights of the guest's threads. */
  declare readonly cpuTune: Output<CpuTuneOutput | undefined>;
  /** Host NUMA nodes for the guest's memory. */
  declare readonly numaTune: Output<NumaTuneOutput | undefined>;
  /** Disks by target. Only virtio, SCSI and USB disks can come and go while the guest runs. Adding one: live; removing one: detach, or next boot. */
  declare readonly disks: Output<DiskOutput[] | undefined>;
  /** Controllers by type and index. Adding one: live; removing one: detach, or next boot. */
  declare readonly controllers: Output<ControllerOutput[] | undefined>;
  /** Network interfaces, by MAC address where given. Adding one: live; removing one: detach, or next boot. */
  declare readonly interfaces: Output<InterfaceOutput[] | undefined>;
  /** Graphical consoles. Adding or removing one: next boot. */
  declare readonly graphics: Output<GraphicsOutput[] | undefined>;
  /** Video cards. Adding or removing one: next boot. */
  declare readonly videos: Output<VideoOutput[] | undefined>;
  /** Text consoles. Adding or removing one: next boot. */
  declare readonly consoles: Output<ConsoleOutput[] | undefined>;
  /** Any `<domain>` XML, laid under the other arguments. The same place declared twice with different values is refused. Changing it costs what the changed places cost. */
  declare readonly xml: Output<string | undefined>;
  /** Whether it fails when `xml` holds elements or attributes that the host's libvirt does not know, which it would ignore without a word. Default: that is a warning of the preview. Changing it touches nothing on the host. */
  declare readonly strictXml: Output<boolean | undefined>;
  /** Whether the guest runs. Default: left as it is. Changing it starts the guest or powers it off. One that somebody paused is resumed, one that suspended itself is woken; one that libvirt or QEMU stopped (I/O error, watchdog, crash) is left as it is, and the preview says so. */
  declare readonly running: Output<boolean | undefined>;
  /** Whether it starts with its host. Default: left as it is. Changing it: live. */
  declare readonly autostart: Output<boolean | undefined>;
  /** Spare PCIe root ports that a new q35 domain gets, for disks and controllers to be plugged in while it runs. Default: 8. Changing it later does nothing. */
  declare readonly hotplugSlots: Output<number | undefined>;
  /** What may be deleted with the domain when it is removed. Default: nothing; what is there stops the removal. Disk images are never deleted. Changing it touches nothing on the host. */
  declare readonly undefineWith: Output<
    "managedSave" | "snapshotsMetadata" | "checkpointsMetadata" | "nvram" | "tpm"[] | undefined
  >;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Default: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. Changing it touches nothing on the host, unless something waits that it allows now. */
  declare readonly whenRunning: Output<"live" | "detach" | "restart" | undefined>;
  /** Seconds that a guest has to power off when asked to. Default: 60. Changing it touches nothing on the host. */
  declare readonly shutdownTimeoutSeconds: Output<number | undefined>;
  /** Whether a guest that did not power off in time, or can't be asked to since it is paused or crashed, is cut off. Default: it is not, and that is an error. Changing it touches nothing on the host. */
  declare readonly forceOff: Output<boolean | undefined>;
  /** Whether another domain that has the name by now, told by its UUID, may be taken over in place of the one that this resource made or took over before. Default: no; previews say so, an update refuses, and a removal leaves it alone. A domain that the state does not know yet is taken over by its name either way. Changing it touches nothing on the host. */
  declare readonly takeOver: Output<boolean | undefined>;
  /** Run state in libvirt's words: `running`, `shut off`, `paused` … */
  declare readonly state: Output<string>;
  /** What waits for the next power cycle; empty when the running guest is as declared. */
  declare readonly pendingRestart: Output<PendingOutput[]>;
  /** What the guest was power-cycled for (whenRunning "restart") and does not have even so. It is not power-cycled for the same again until the declaration changes. */
  declare readonly restartDidNotBring: Output<NotBroughtOutput[]>;
  /** What is declared, and what libvirt has taken and left out of the definition: it does not know it, or not for this kind of device. It is no change until the declaration changes. */
  declare readonly ignoredByLibvirt: Output<IgnoredOutput[]>;

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
          "strictXml",
          "running",
          "autostart",
          "hotplugSlots",
          "undefineWith",
          "whenRunning",
          "shutdownTimeoutSeconds",
          "forceOff",
          "takeOver",
        ],
        made: ["name", "uuid", "state", "pendingRestart", "restartDidNotBring", "ignoredByLibvirt"],
      },
      args,
      options,
    );
  }
}

export interface IoThreadArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  host?: Input<string>;
  /** Name of the domain on that host. Another one makes a new resource, unless it is the same domain, renamed on the host. */
  domain: Input<string>;
  /** Whether another domain that has the name by now, told by its UUID, may be taken over in place of the one that this resource made or took over before. Default: no; previews say so, an update refuses, and a removal leaves it alone. A domain that the state does not know yet is taken over by its name either way. Changing it touches nothing on the host. */
  takeOver?: Input<boolean>;
  /** Id within the domain, from 1. Default: the lowest free one; an update that is killed just then leaves that thread behind, which a given id avoids. A new one makes a new thread. */
  ioThreadId?: Input<number>;
  /** Longest busy polling in nanoseconds before the thread sleeps; 0: none. Default: QEMU's default, 32768. Before libvirt 9.4 it lasts until the guest's next power cycle, and is then put back. Changing it: live. */
  pollMaxNs?: Input<number>;
  /** Factor by which polling time grows; 0: QEMU's default. Lasts as pollMaxNs does. Changing it: live. */
  pollGrow?: Input<number>;
  /** Divisor by which polling time shrinks; 0: QEMU's default. Lasts as pollMaxNs does. Changing it: live. */
  pollShrink?: Input<number>;
  /** How slowly polling time follows the latest wait, as a power of two: each wait counts for 1/2^pollWeight; 0: QEMU's default, 3. libvirt ≥ 12.7 and QEMU ≥ 11.1. Changing it: live. */
  pollWeight?: Input<number>;
  /** Threads always kept for blocking requests; needs threadPoolMax. Default: 0. libvirt ≥ 8.5. Changing it: live. */
  threadPoolMin?: Input<number>;
  /** Most threads for blocking requests. Default: 64. Can't be unset live. libvirt ≥ 8.5. Changing it: live. */
  threadPoolMax?: Input<number>;
  /** Whether an update that touches the running guest watches its disks and threads shortly before and after, for `measured`. Only reads, never makes an update fail, and is no change by itself. Default: nothing is measured. */
  measure?: Input<Measure>;
}

/** One IO thread of a domain; added to the running guest without a restart. Every argument: docs/reference.md#iothread of the package. */
export class IoThread extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  declare readonly host: Output<string>;
  /** Name of the domain on that host. Another one makes a new resource, unless it is the same domain, renamed on the host. */
  declare readonly domain: Output<string>;
  /** Whether another domain that has the name by now, told by its UUID, may be taken over in place of the one that this resource made or took over before. Default: no; previews say so, an update refuses, and a removal leaves it alone. A domain that the state does not know yet is taken over by its name either way. Changing it touches nothing on the host. */
  declare readonly takeOver: Output<boolean | undefined>;
  /** Id within the domain. */
  declare readonly ioThreadId: Output<number>;
  /** Polling in force, in nanoseconds; null when the guest is off and none is declared. */
  declare readonly pollMaxNs: Output<number | null>;
  /** Factor by which polling time grows; 0: QEMU's default. Lasts as pollMaxNs does. Changing it: live. */
  declare readonly pollGrow: Output<number | undefined>;
  /** Divisor by which polling time shrinks; 0: QEMU's default. Lasts as pollMaxNs does. Changing it: live. */
  declare readonly pollShrink: Output<number | undefined>;
  /** How slowly polling time follows the latest wait, as a power of two: each wait counts for 1/2^pollWeight; 0: QEMU's default, 3. libvirt ≥ 12.7 and QEMU ≥ 11.1. Changing it: live. */
  declare readonly pollWeight: Output<number | undefined>;
  /** Threads always kept for blocking requests; needs threadPoolMax. Default: 0. libvirt ≥ 8.5. Changing it: live. */
  declare readonly threadPoolMin: Output<number | undefined>;
  /** Most threads for blocking requests. Default: 64. Can't be unset live. libvirt ≥ 8.5. Changing it: live. */
  declare readonly threadPoolMax: Output<number | undefined>;
  /** Whether an update that touches the running guest watches its disks and threads shortly before and after, for `measured`. Only reads, never makes an update fail, and is no change by itself. Default: nothing is measured. */
  declare readonly measure: Output<MeasureOutput | undefined>;
  /** UUID of the domain: one that gets its name later is another one, and is left alone. */
  declare readonly domainUuid: Output<string>;
  /** The kernel's id of the thread; null when the guest is off or /proc is not readable. */
  declare readonly threadId: Output<number | null>;
  /** What the last update that touched the running guest did to its disks and threads; null when `measure` is not declared or no such update was made. */
  declare readonly measured: Output<MeasuredOutput | null>;

  constructor(name: string, args: IoThreadArgs, options?: CustomResourceOptions) {
    super(
      "IoThread",
      name,
      {
        given: [
          "host",
          "domain",
          "takeOver",
          "pollGrow",
          "pollShrink",
          "pollWeight",
          "threadPoolMin",
          "threadPoolMax",
          "measure",
        ],
        made: ["domainUuid", "ioThreadId", "threadId", "pollMaxNs", "measured"],
      },
      args,
      options,
      "ioThreadId",
    );
  }
}

export interface IoThreadPinArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  host?: Input<string>;
  /** Name of the domain on that host. Another one makes a new resource, unless it is the same domain, renamed on the host. */
  domain: Input<string>;
  /** Whether another domain that has the name by now, told by its UUID, may be taken over in place of the one that this resource made or took over before. Default: no; previews say so, an update refuses, and a removal leaves it alone. A domain that the state does not know yet is taken over by its name either way. Changing it touches nothing on the host. */
  takeOver?: Input<boolean>;
  /** Id of an IO thread of the domain. Another one makes a new pin. */
  ioThread: Input<number>;
  /** Host CPUs on which the thread may run. Changing it: live. */
  cpuset: Input<string>;
}

/** The host CPUs on which an IO thread may run. Every argument: docs/reference.md#iothreadpin of the package. */
export class IoThreadPin extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  declare readonly host: Output<string>;
  /** Name of the domain on that host. Another one makes a new resource, unless it is the same domain, renamed on the host. */
  declare readonly domain: Output<string>;
  /** Whether another domain that has the name by now, told by its UUID, may be taken over in place of the one that this resource made or took over before. Default: no; previews say so, an update refuses, and a removal leaves it alone. A domain that the state does not know yet is taken over by its name either way. Changing it touches nothing on the host. */
  declare readonly takeOver: Output<boolean | undefined>;
  /** Id of an IO thread of the domain. Another one makes a new pin. */
  declare readonly ioThread: Output<number>;
  /** Host CPUs on which the thread may run. Changing it: live. */
  declare readonly cpuset: Output<string>;
  /** UUID of the domain: one that gets its name later is another one, and is left alone. */
  declare readonly domainUuid: Output<string>;
  /** CPUs that the kernel allows the thread, such as `0-1`; null when the guest is off or /proc is not readable. */
  declare readonly cpusAllowed: Output<string | null>;

  constructor(name: string, args: IoThreadPinArgs, options?: CustomResourceOptions) {
    super(
      "IoThreadPin",
      name,
      { given: ["host", "domain", "takeOver", "ioThread", "cpuset"], made: ["domainUuid", "cpusAllowed"] },
      args,
      options,
    );
  }
}

export interface VirtioDiskArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  host?: Input<string>;
  /** Name of the domain on that host. Another one makes a new resource, unless it is the same domain, renamed on the host. */
  domain: Input<string>;
  /** Whether another domain that has the name by now, told by its UUID, may be taken over in place of the one that this resource made or took over before. Default: no; previews say so, an update refuses, and a removal leaves it alone. A domain that the state does not know yet is taken over by its name either way. Changing it touches nothing on the host. */
  takeOver?: Input<boolean>;
  /** Name by which libvirt knows the disk, from vda to vdzzz; the guest may call it otherwise. A new one makes a new disk. */
  target: Input<string>;
  /** What the guest sees as this disk. */
  source?: Input<DiskSource>;
  /** Format of the image. Default: libvirt takes "raw" and never looks. Changing it: detach, or next boot. */
  format?: Input<"raw" | "qcow2" | "qed" | "vmdk" | "vdi" | "vpc" | "luks">;
  /** Caching on the host. Default: QEMU's default, writeback. Changing it: detach, or next boot. */
  cache?: Input<"default" | "none" | "writethrough" | "writeback" | "directsync" | "unsafe">;
  /** How the host does asynchronous IO. "native" needs cache "none" or "directsync". Changing it: detach, or next boot. */
  io?: Input<"threads" | "native" | "io_uring">;
  /** Whether the guest's discards reach the storage. Default: "ignore". Changing it: detach, or next boot. */
  discard?: Input<"ignore" | "unmap">;
  /** Whether writes of zeroes are made cheaper. Default: "off". Changing it: detach, or next boot. */
  detectZeroes?: Input<"off" | "on" | "unmap">;
  /** Serial number that the guest sees, at most 20 characters for virtio. Changing it: detach, or next boot. */
  serial?: Input<string>;
  /** The guest may not write. Default: it may. Changing it: detach, or next boot. */
  readonly?: Input<boolean>;
  /** Several guests may have this disk at once. Changing it: detach, or next boot. */
  shareable?: Input<boolean>;
  /** Place in the boot order, from 1. Cannot stand together with a domain's `bootDevices`. Changing it: detach, or next boot. */
  bootOrder?: Input<number>;
  /** Limits of throughput, enforced by QEMU. */
  ioTune?: Input<IoTune>;
  /** Virtqueues of the disk. Default: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  queues?: Input<number>;
  /** Entries per virtqueue, a power of two. Default: 256. Changing it: detach, or next boot. */
  queueSize?: Input<number>;
  /** Id of the IO thread that serves this disk; an id of this domain. Default: QEMU's main loop serves it. Changing it: detach, or next boot. */
  ioThread?: Input<number>;
  /** Several IO threads for this disk's virtqueues, in place of `ioThread`. libvirt ≥ 10.0, QEMU ≥ 9.0. Adding or removing one: detach, or next boot. */
  ioThreads?: Input<Input<IoThreadMapping>[]>;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Default: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. Changing it touches nothing on the host, unless something waits that it allows now. */
  whenRunning?: Input<"live" | "detach" | "restart">;
  /** Seconds that a guest has to power off when asked to. Default: 60. Changing it touches nothing on the host. */
  shutdownTimeoutSeconds?: Input<number>;
  /** Whether a guest that did not power off in time, or can't be asked to since it is paused or crashed, is cut off. Default: it is not, and that is an error. Changing it touches nothing on the host. */
  forceOff?: Input<boolean>;
  /** Whether an update that touches the running guest watches its disks and threads shortly before and after, for `measured`. Only reads, never makes an update fail, and is no change by itself. Default: nothing is measured. */
  measure?: Input<Measure>;
}

/** One virtio-blk disk, plugged into the running guest. Its image is never created and never deleted. Every argument: docs/reference.md#virtiodisk of the package. */
export class VirtioDisk extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  declare readonly host: Output<string>;
  /** Name of the domain on that host. Another one makes a new resource, unless it is the same domain, renamed on the host. */
  declare readonly domain: Output<string>;
  /** Whether another domain that has the name by now, told by its UUID, may be taken over in place of the one that this resource made or took over before. Default: no; previews say so, an update refuses, and a removal leaves it alone. A domain that the state does not know yet is taken over by its name either way. Changing it touches nothing on the host. */
  declare readonly takeOver: Output<boolean | undefined>;
  /** Name by which libvirt knows the disk, from vda to vdzzz; the guest may call it otherwise. A new one makes a new disk. */
  declare readonly target: Output<string>;
  /** What the guest sees as this disk. */
  declare readonly source: Output<DiskSourceOutput | undefined>;
  /** Format of the image. Default: libvirt takes "raw" and never looks. Changing it: detach, or next boot. */
  declare readonly format: Output<"raw" | "qcow2" | "qed" | "vmdk" | "vdi" | "vpc" | "luks" | undefined>;
  /** Caching on the host. Default: QEMU's default, writeback. Changing it: detach, or next boot. */
  declare readonly cache: Output<
    "default" | "none" | "writethrough" | "writeback" | "directsync" | "unsafe" | undefined
  >;
  /** How the host does asynchronous IO. "native" needs cache "none" or "directsync". Changing it: detach, or next boot. */
  declare readonly io: Output<"threads" | "native" | "io_uring" | undefined>;
  /** Whether the guest's discards reach the storage. Default: "ignore". Changing it: detach, or next boot. */
  declare readonly discard: Output<"ignore" | "unmap" | undefined>;
  /** Whether writes of zeroes are made cheaper. Default: "off". Changing it: detach, or next boot. */
  declare readonly detectZeroes: Output<"off" | "on" | "unmap" | undefined>;
  /** Serial number that the guest sees, at most 20 characters for virtio. Changing it: detach, or next boot. */
  declare readonly serial: Output<string | undefined>;
  /** The guest may not write. Default: it may. Changing it: detach, or next boot. */
  declare readonly readonly: Output<boolean | undefined>;
  /** Several guests may have this disk at once. Changing it: detach, or next boot. */
  declare readonly shareable: Output<boolean | undefined>;
  /** Place in the boot order, from 1. Cannot stand together with a domain's `bootDevices`. Changing it: detach, or next boot. */
  declare readonly bootOrder: Output<number | undefined>;
  /** Limits of throughput, enforced by QEMU. */
  declare readonly ioTune: Output<IoTuneOutput | undefined>;
  /** Virtqueues of the disk. Default: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  declare readonly queues: Output<number | undefined>;
  /** Entries per virtqueue, a power of two. Default: 256. Changing it: detach, or next boot. */
  declare readonly queueSize: Output<number | undefined>;
  /** Id of the IO thread that serves this disk; an id of this domain. Default: QEMU's main loop serves it. Changing it: detach, or next boot. */
  declare readonly ioThread: Output<number | undefined>;
  /** Several IO threads for this disk's virtqueues, in place of `ioThread`. libvirt ≥ 10.0, QEMU ≥ 9.0. Adding or removing one: detach, or next boot. */
  declare readonly ioThreads: Output<IoThreadMappingOutput[] | undefined>;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Default: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. Changing it touches nothing on the host, unless something waits that it allows now. */
  declare readonly whenRunning: Output<"live" | "detach" | "restart" | undefined>;
  /** Seconds that a guest has to power off when asked to. Default: 60. Changing it touches nothing on the host. */
  declare readonly shutdownTimeoutSeconds: Output<number | undefined>;
  /** Whether a guest that did not power off in time, or can't be asked to since it is paused or crashed, is cut off. Default: it is not, and that is an error. Changing it touches nothing on the host. */
  declare readonly forceOff: Output<boolean | undefined>;
  /** Whether an update that touches the running guest watches its disks and threads shortly before and after, for `measured`. Only reads, never makes an update fail, and is no change by itself. Default: nothing is measured. */
  declare readonly measure: Output<MeasureOutput | undefined>;
  /** UUID of the domain: one that gets its name later is another one, and is left alone. */
  declare readonly domainUuid: Output<string>;
  /** What waits for the next power cycle; empty when the running guest is as declared. */
  declare readonly pendingRestart: Output<PendingOutput[]>;
  /** What the guest was power-cycled for (whenRunning "restart") and does not have even so. It is not power-cycled for the same again until the declaration changes. */
  declare readonly restartDidNotBring: Output<NotBroughtOutput[]>;
  /** What the last update that touched the running guest did to its disks and threads; null when `measure` is not declared or no such update was made. */
  declare readonly measured: Output<MeasuredOutput | null>;

  constructor(name: string, args: VirtioDiskArgs, options?: CustomResourceOptions) {
    super(
      "VirtioDisk",
      name,
      {
        given: [
          "host",
          "domain",
          "takeOver",
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
          "measure",
        ],
        made: ["domainUuid", "pendingRestart", "restartDidNotBring", "measured"],
      },
      args,
      options,
    );
  }
}

export interface VirtioScsiControllerArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  host?: Input<string>;
  /** Name of the domain on that host. Another one makes a new resource, unless it is the same domain, renamed on the host. */
  domain: Input<string>;
  /** Whether another domain that has the name by now, told by its UUID, may be taken over in place of the one that this resource made or took over before. Default: no; previews say so, an update refuses, and a removal leaves it alone. A domain that the state does not know yet is taken over by its name either way. Changing it touches nothing on the host. */
  takeOver?: Input<boolean>;
  /** Number of the controller among the domain's SCSI controllers, from 0. A new one makes a new controller. */
  index: Input<number>;
  /** Default: "virtio-scsi". Changing it: next boot. */
  model?: Input<"virtio-scsi" | "virtio-transitional" | "virtio-non-transitional">;
  /** Id of the IO thread that serves every disk on this controller. Default: QEMU's main loop. Changing it: detach, or next boot. */
  ioThread?: Input<number>;
  /** Several IO threads for this controller's virtqueues, in place of `ioThread`. libvirt ≥ 11.2, QEMU ≥ 10.0. Adding or removing one: detach, or next boot. */
  ioThreads?: Input<Input<IoThreadMapping>[]>;
  /** Request queues. Default: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  queues?: Input<number>;
  /** Most commands queued per disk. Default: 128. Changing it: detach, or next boot. */
  cmdPerLun?: Input<number>;
  /** Most sectors per command. Default: 65535. Changing it: detach, or next boot. */
  maxSectors?: Input<number>;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Default: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. Changing it touches nothing on the host, unless something waits that it allows now. */
  whenRunning?: Input<"live" | "detach" | "restart">;
  /** Seconds that a guest has to power off when asked to. Default: 60. Changing it touches nothing on the host. */
  shutdownTimeoutSeconds?: Input<number>;
  /** Whether a guest that did not power off in time, or can't be asked to since it is paused or crashed, is cut off. Default: it is not, and that is an error. Changing it touches nothing on the host. */
  forceOff?: Input<boolean>;
}

/** One virtio-scsi controller, plugged into the running guest. Every argument: docs/reference.md#virtioscsicontroller of the package. */
export class VirtioScsiController extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  declare readonly host: Output<string>;
  /** Name of the domain on that host. Another one makes a new resource, unless it is the same domain, renamed on the host. */
  declare readonly domain: Output<string>;
  /** Whether another domain that has the name by now, told by its UUID, may be taken over in place of the one that this resource made or took over before. Default: no; previews say so, an update refuses, and a removal leaves it alone. A domain that the state does not know yet is taken over by its name either way. Changing it touches nothing on the host. */
  declare readonly takeOver: Output<boolean | undefined>;
  /** Number of the controller among the domain's SCSI controllers, from 0. A new one makes a new controller. */
  declare readonly index: Output<number>;
  /** Default: "virtio-scsi". Changing it: next boot. */
  declare readonly model: Output<
    "virtio-scsi" | "virtio-transitional" | "virtio-non-transitional" | undefined
  >;
  /** Id of the IO thread that serves every disk on this controller. Default: QEMU's main loop. Changing it: detach, or next boot. */
  declare readonly ioThread: Output<number | undefined>;
  /** Several IO threads for this controller's virtqueues, in place of `ioThread`. libvirt ≥ 11.2, QEMU ≥ 10.0. Adding or removing one: detach, or next boot. */
  declare readonly ioThreads: Output<IoThreadMappingOutput[] | undefined>;
  /** Request queues. Default: QEMU gives one per vCPU. Changing it: detach, or next boot. */
  declare readonly queues: Output<number | undefined>;
  /** Most commands queued per disk. Default: 128. Changing it: detach, or next boot. */
  declare readonly cmdPerLun: Output<number | undefined>;
  /** Most sectors per command. Default: 65535. Changing it: detach, or next boot. */
  declare readonly maxSectors: Output<number | undefined>;
  /** What may be done to a running guest: "live" only what it does not notice, "detach" take a device out and plug it in again as well, "restart" a power cycle for everything else. Default: "live"; what can't be done so is defined, waits for the next power cycle and is listed in pendingRestart. Changing it touches nothing on the host, unless something waits that it allows now. */
  declare readonly whenRunning: Output<"live" | "detach" | "restart" | undefined>;
  /** Seconds that a guest has to power off when asked to. Default: 60. Changing it touches nothing on the host. */
  declare readonly shutdownTimeoutSeconds: Output<number | undefined>;
  /** Whether a guest that did not power off in time, or can't be asked to since it is paused or crashed, is cut off. Default: it is not, and that is an error. Changing it touches nothing on the host. */
  declare readonly forceOff: Output<boolean | undefined>;
  /** UUID of the domain: one that gets its name later is another one, and is left alone. */
  declare readonly domainUuid: Output<string>;
  /** What waits for the next power cycle; empty when the running guest is as declared. */
  declare readonly pendingRestart: Output<PendingOutput[]>;
  /** What the guest was power-cycled for (whenRunning "restart") and does not have even so. It is not power-cycled for the same again until the declaration changes. */
  declare readonly restartDidNotBring: Output<NotBroughtOutput[]>;

  constructor(name: string, args: VirtioScsiControllerArgs, options?: CustomResourceOptions) {
    super(
      "VirtioScsiController",
      name,
      {
        given: [
          "host",
          "domain",
          "takeOver",
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
        made: ["domainUuid", "pendingRestart", "restartDidNotBring"],
      },
      args,
      options,
    );
  }
}

export interface StoragePoolArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  host?: Input<string>;
  /** Name of the pool on its host. Another one makes a new pool. */
  name: Input<string>;
  /** What the pool is: dir (a folder), fs (the file system of a device, which libvirt mounts), netfs (a folder of a file server (NFS, CIFS, GlusterFS), which libvirt mounts), logical (a volume group of LVM), disk (a disk; its partitions are the volumes), iscsi (the LUNs of an iSCSI target, to which the host logs in), iscsi-direct (the LUNs of an iSCSI target, which QEMU opens without the host), scsi (the LUNs of a SCSI or Fibre Channel adapter), mpath (all multipath devices of the host), rbd (a pool of Ceph's block devices (RBD)), gluster (a GlusterFS volume, which QEMU opens without a mount), zfs (a ZFS pool). Default: dir. Changing it: the pool's next start; nothing on disk moves. */
  type?: Input<
    | "dir"
    | "fs"
    | "netfs"
    | "logical"
    | "disk"
    | "iscsi"
    | "iscsi-direct"
    | "scsi"
    | "mpath"
    | "rbd"
    | "gluster"
    | "zfs"
  >;
  /** Absolute path on the host. For dir: the folder of the volumes. For fs, netfs: where their file system is mounted. For disk, iscsi, scsi, mpath: where the devices appear, such as /dev/disk/by-path. These need it, and the others have none. Changing it: the pool's next start; the files in the old folder stay there. */
  path?: Input<string>;
  /** What the pool is made of, for all types but dir and mpath. Changing it: the pool's next start. */
  source?: Input<StoragePoolSource>;
  /** Mode and owner of the folder, for dir. Whenever the pool starts, the folder gets them. Default: those of a folder that is there, 0711 for a new one. Changing it: the pool's next start. */
  permissions?: Input<StoragePoolPermissions>;
  /** What may be made before the pool starts. directory: for dir, fs and netfs, the folder if it is missing. Nothing else is ever made: no file system, no volume group, no partition table. Default: directory for those three. Changing it: touches nothing on the host. */
  build?: Input<"directory" | "never">;
  /** For netfs, rbd and other types that several hosts can share: whether only this host's guests use the volumes. Without it none of them is ever deleted, for the guests of other hosts are not seen. Default: no. Changing it: touches nothing on the host. */
  exclusive?: Input<boolean>;
  /** Whether the pool is started, so that its volumes can be used. A pool whose stop would take away a disk of a guest is not stopped. Default: yes. Changing it: live; running guests keep their disks. */
  active?: Input<boolean>;
  /** Whether the pool starts with its host. Without it, a guest with a disk of the type volume does not start after a reboot of the host. Default: yes. Changing it: live. */
  autostart?: Input<boolean>;
}

/** A persistent storage pool of a libvirt host: a folder or another place that holds volumes. Every argument: docs/reference.md#storagepool of the package. */
export class StoragePool extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  declare readonly host: Output<string>;
  /** Name of the pool on its host. Another one makes a new pool. */
  declare readonly name: Output<string>;
  /** What the pool is: dir (a folder), fs (the file system of a device, which libvirt mounts), netfs (a folder of a file server (NFS, CIFS, GlusterFS), which libvirt mounts), logical (a volume group of LVM), disk (a disk; its partitions are the volumes), iscsi (the LUNs of an iSCSI target, to which the host logs in), iscsi-direct (the LUNs of an iSCSI target, which QEMU opens without the host), scsi (the LUNs of a SCSI or Fibre Channel adapter), mpath (all multipath devices of the host), rbd (a pool of Ceph's block devices (RBD)), gluster (a GlusterFS volume, which QEMU opens without a mount), zfs (a ZFS pool). Default: dir. Changing it: the pool's next start; nothing on disk moves. */
  declare readonly type: Output<
    | "dir"
    | "fs"
    | "netfs"
    | "logical"
    | "disk"
    | "iscsi"
    | "iscsi-direct"
    | "scsi"
    | "mpath"
    | "rbd"
    | "gluster"
    | "zfs"
    | undefined
  >;
  /** Absolute path on the host. For dir: the folder of the volumes. For fs, netfs: where their file system is mounted. For disk, iscsi, scsi, mpath: where the devices appear, such as /dev/disk/by-path. These need it, and the others have none. Changing it: the pool's next start; the files in the old folder stay there. */
  declare readonly path: Output<string | undefined>;
  /** What the pool is made of, for all types but dir and mpath. Changing it: the pool's next start. */
  declare readonly source: Output<StoragePoolSourceOutput | undefined>;
  /** Mode and owner of the folder, for dir. Whenever the pool starts, the folder gets them. Default: those of a folder that is there, 0711 for a new one. Changing it: the pool's next start. */
  declare readonly permissions: Output<StoragePoolPermissionsOutput | undefined>;
  /** What may be made before the pool starts. directory: for dir, fs and netfs, the folder if it is missing. Nothing else is ever made: no file system, no volume group, no partition table. Default: directory for those three. Changing it: touches nothing on the host. */
  declare readonly build: Output<"directory" | "never" | undefined>;
  /** For netfs, rbd and other types that several hosts can share: whether only this host's guests use the volumes. Without it none of them is ever deleted, for the guests of other hosts are not seen. Default: no. Changing it: touches nothing on the host. */
  declare readonly exclusive: Output<boolean | undefined>;
  /** Whether the pool is started, so that its volumes can be used. A pool whose stop would take away a disk of a guest is not stopped. Default: yes. Changing it: live; running guests keep their disks. */
  declare readonly active: Output<boolean | undefined>;
  /** Whether the pool starts with its host. Without it, a guest with a disk of the type volume does not start after a reboot of the host. Default: yes. Changing it: live. */
  declare readonly autostart: Output<boolean | undefined>;
  /** UUID, which the pool keeps. */
  declare readonly uuid: Output<string>;
  /** Whether this resource made the pool. One that was there already stays on the host when the resource is removed. */
  declare readonly isOurs: Output<boolean>;
  /** Arguments that wait for the pool's next start; empty when the active pool is as declared. */
  declare readonly pendingRestart: Output<string[]>;

  constructor(name: string, args: StoragePoolArgs, options?: CustomResourceOptions) {
    super(
      "StoragePool",
      name,
      {
        given: [
          "host",
          "name",
          "type",
          "path",
          "source",
          "permissions",
          "build",
          "exclusive",
          "active",
          "autostart",
        ],
        made: ["uuid", "isOurs", "pendingRestart"],
      },
      args,
      options,
    );
  }
}

export interface VolumeArgs {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  host?: Input<string>;
  /** Name of the storage pool. Another one makes a new volume. */
  pool: Input<string>;
  /** Name of the volume in its pool. Another one makes a new volume. */
  name: Input<string>;
  /** Size that a guest sees: `20 GiB`, or a number of bytes. Required for an empty volume. Default: the size of the content. Changing it: live, for a guest that runs on it too; smaller: not possible. */
  capacity?: Input<string | number>;
  /** Format of the image. Default: qcow2 in pools of files (dir, fs, netfs), raw in all others, which have no other. Changing it: not possible. */
  format?: Input<"raw" | "qcow2">;
  /** What the volume holds when it is made. It is never exchanged afterwards: another content needs a volume of another name. Default: nothing, an empty disk. Changing it: not possible. */
  content?: Input<VolumeContent>;
  /** What takes its space when the volume is made: `full` all of a raw image, `metadata` the tables of a qcow2 image. Default: off. Changing it: touches nothing on the host. */
  preallocation?: Input<"off" | "metadata" | "full">;
  /** Size of the units in which a qcow2 image grows, a power of two from 512 bytes to 2 MiB. Default: 64 KiB. Changing it: not possible. */
  clusterSize?: Input<string | number>;
  /** Whether a qcow2 image writes its reference counts late: faster writes, and a check after a crash. Default: no. Changing it: not possible. */
  lazyRefcounts?: Input<boolean>;
  /** Whether a qcow2 image keeps track of parts of its clusters, so that small writes to an overlay copy less. Default: no. Changing it: not possible. */
  extendedL2?: Input<boolean>;
  /** Whether btrfs writes to the image in place. Default: no. Changing it: not possible. */
  nocow?: Input<boolean>;
  /** What becomes of the volume when the resource is removed. It is deleted only with `delete`, and even then only if this resource made it, no guest of the host names it, and no volume is backed by it. Default: keep. Changing it: touches nothing on the host. */
  onDelete?: Input<"keep" | "delete">;
}

/** A volume of a storage pool: a disk image. It grows while its guest runs, and is never shrunk, overwritten or replaced. Every argument: docs/reference.md#volume of the package. */
export class Volume extends VirshResource {
  /** libvirt URI: "qemu+ssh://root@hv1/system" with keyfile= and known_hosts= where wanted, or "qemu:///system". Default: the host of the provider that the native front end was given. Another host makes a new resource; another way of writing the same one, told by its UUID, or other credentials do not. */
  declare readonly host: Output<string>;
  /** Name of the storage pool. Another one makes a new volume. */
  declare readonly pool: Output<string>;
  /** Name of the volume in its pool. Another one makes a new volume. */
  declare readonly name: Output<string>;
  /** Size that a guest sees: `20 GiB`, or a number of bytes. Required for an empty volume. Default: the size of the content. Changing it: live, for a guest that runs on it too; smaller: not possible. */
  declare readonly capacity: Output<string | number | undefined>;
  /** Format of the image. Default: qcow2 in pools of files (dir, fs, netfs), raw in all others, which have no other. Changing it: not possible. */
  declare readonly format: Output<"raw" | "qcow2" | undefined>;
  /** What the volume holds when it is made. It is never exchanged afterwards: another content needs a volume of another name. Default: nothing, an empty disk. Changing it: not possible. */
  declare readonly content: Output<VolumeContentOutput | undefined>;
  /** What takes its space when the volume is made: `full` all of a raw image, `metadata` the tables of a qcow2 image. Default: off. Changing it: touches nothing on the host. */
  declare readonly preallocation: Output<"off" | "metadata" | "full" | undefined>;
  /** Size of the units in which a qcow2 image grows, a power of two from 512 bytes to 2 MiB. Default: 64 KiB. Changing it: not possible. */
  declare readonly clusterSize: Output<string | number | undefined>;
  /** Whether a qcow2 image writes its reference counts late: faster writes, and a check after a crash. Default: no. Changing it: not possible. */
  declare readonly lazyRefcounts: Output<boolean | undefined>;
  /** Whether a qcow2 image keeps track of parts of its clusters, so that small writes to an overlay copy less. Default: no. Changing it: not possible. */
  declare readonly extendedL2: Output<boolean | undefined>;
  /** Whether btrfs writes to the image in place. Default: no. Changing it: not possible. */
  declare readonly nocow: Output<boolean | undefined>;
  /** What becomes of the volume when the resource is removed. It is deleted only with `delete`, and even then only if this resource made it, no guest of the host names it, and no volume is backed by it. Default: keep. Changing it: touches nothing on the host. */
  declare readonly onDelete: Output<"keep" | "delete" | undefined>;
  /** Absolute path on the host, for the `file` of a disk. */
  declare readonly path: Output<string>;
  /** Whether this resource made the volume. One that was there already stays on the host when the resource is removed. */
  declare readonly isOurs: Output<boolean>;
  /** Whether the StoragePool of the volume said `exclusive` when the volume was last applied. In a pool that other hosts may use, it is never deleted without. */
  declare readonly isExclusive: Output<boolean>;

  constructor(name: string, args: VolumeArgs, options?: CustomResourceOptions) {
    super(
      "Volume",
      name,
      {
        given: [
          "host",
          "pool",
          "name",
          "capacity",
          "format",
          "content",
          "preallocation",
          "clusterSize",
          "lazyRefcounts",
          "extendedL2",
          "nocow",
          "onDelete",
        ],
        made: ["path", "isOurs", "isExclusive"],
      },
      args,
      options,
    );
  }
}

export interface GetHostArgs {
  /** libvirt URI. Default: the provider's host. */
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
  /** libvirt URI. Default: the provider's host. */
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
  /** XML of the running guest, with security info: secret. Omitted when it does not run. */
  readonly liveXml?: string;
}

/** One domain as it is. Needs the native plugin. */
export function getDomain(args: GetDomainArgs, options?: InvokeOptions): Output<GetDomainResult> {
  return invoke("getDomain", { ...args }, options);
}

export interface ListDomainsArgs {
  /** libvirt URI. Default: the provider's host. */
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
  /** libvirt URI. Default: the provider's host. */
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

export interface GetStoragePoolArgs {
  /** libvirt URI. Default: the provider's host. */
  readonly host?: Input<string>;
  /** Name of the pool. */
  readonly name: Input<string>;
}

export interface GetStoragePoolResult {
  /** Name of the pool. */
  readonly name: string;
  /** UUID of the pool. */
  readonly uuid: string;
  /** libvirt's name of its type: `dir`, `logical` … */
  readonly type: string;
  /** Folder of its volumes. Omitted for a type without one, such as `rbd`. */
  readonly path?: string;
  /** Whether it is started. */
  readonly active: boolean;
  /** Whether it starts with its host. */
  readonly autostart: boolean;
  /** Bytes that it holds at most, as libvirt saw them last. Omitted while the pool is not active. */
  readonly capacityBytes?: number;
  /** Bytes that are taken, as libvirt saw them last. Omitted while the pool is not active. */
  readonly allocationBytes?: number;
  /** Bytes that are free, as libvirt saw them last. Omitted while the pool is not active. */
  readonly availableBytes?: number;
}

/** One storage pool of any type as it is. Needs the native plugin. */
export function getStoragePool(
  args: GetStoragePoolArgs,
  options?: InvokeOptions,
): Output<GetStoragePoolResult> {
  return invoke("getStoragePool", { ...args }, options);
}

export interface ListVolumesArgs {
  /** libvirt URI. Default: the provider's host. */
  readonly host?: Input<string>;
  /** Name of the pool. */
  readonly pool: Input<string>;
}

export interface ListVolumesResult {
  /** Sorted by name. */
  readonly volumes: VolumeSummaryOutput[];
}

/** All volumes of an active storage pool, by name. A file that somebody put into its folder is listed once libvirt has looked there again (`virsh pool-refresh`). Needs the native plugin. */
export function listVolumes(args: ListVolumesArgs, options?: InvokeOptions): Output<ListVolumesResult> {
  return invoke("listVolumes", { ...args }, options);
}
