/** The shape of one guest in the example fleet, from which its libvirt XML is printed. */
export interface GuestShape {
  readonly name: string;
  readonly index: number;
  readonly memoryMiB: number;
  readonly vcpus: number;
  /** CPU of each vCPU; empty for no pins. */
  readonly vcpuCpus: readonly number[];
  /** CPUs of all threads without a pin. Default: any. */
  readonly cpuset?: string;
  readonly emulatorCpus?: string;
  /** CPUs of each IO thread; `null` for a thread without a pin. */
  readonly ioThreads: readonly (string | null)[];
  readonly disks: readonly DiskShape[];
  readonly description?: string;
}

export interface DiskShape {
  readonly target: string;
  readonly driver: string;
  /** Default: virtio. */
  readonly bus?: string;
}

export function printGuest(shape: GuestShape): string {
  const { name, index, memoryMiB, vcpus, vcpuCpus, cpuset, emulatorCpus, ioThreads, disks } = shape;
  const uuid = `5f3c1d2e-0000-4000-8000-${String(index).padStart(12, "0")}`;
  const vcpuPins = vcpuCpus.map((cpu, vcpu) => `    <vcpupin vcpu='${vcpu}' cpuset='${cpu}'/>\n`);
  const threadPins = ioThreads.flatMap((set, at) =>
    set === null ? [] : [`    <iothreadpin iothread='${at + 1}' cpuset='${set}'/>\n`],
  );
  const emulatorPin = emulatorCpus ? `    <emulatorpin cpuset='${emulatorCpus}'/>\n` : "";
  const pins = [...vcpuPins, emulatorPin, ...threadPins].join("");
  return `<domain type='kvm'>
  <name>${name}</name>
  <uuid>${uuid}</uuid>${shape.description ? `\n  <description>${shape.description}</description>` : ""}
  <memory unit='KiB'>${memoryMiB * 1024}</memory>
  <currentMemory unit='KiB'>${memoryMiB * 1024}</currentMemory>
  <vcpu placement='static'${cpuset ? ` cpuset='${cpuset}'` : ""}>${vcpus}</vcpu>
${ioThreads.length > 0 ? `  <iothreads>${ioThreads.length}</iothreads>\n` : ""}${pins === "" ? "" : `  <cputune>\n${pins}  </cputune>\n`}  <os>
    <type arch='x86_64' machine='pc-q35-8.2'>hvm</type>
    <boot dev='hd'/>
  </os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
${disks.map((disk, slot) => printDisk(name, disk, slot)).join("")}    <interface type='bridge'>
      <mac address='52:54:00:${hex(index >> 16)}:${hex(index >> 8)}:${hex(index)}'/>
      <source bridge='br0'/>
      <model type='virtio'/>
    </interface>
    <graphics type='vnc' port='-1' autoport='yes' passwd='not-to-be-seen'/>
  </devices>
</domain>
`;
}

export function printDisk(
  guest: string,
  { target, driver, bus = "virtio" }: DiskShape,
  slot: number | null = null,
): string {
  return `    <disk type='block' device='disk'>
      <driver name='qemu' type='raw' cache='none' ${driver}/>
      <source dev='/dev/vg0/${guest}-${target}'/>
      <target dev='${target}' bus='${bus}'/>
${slot !== null && bus === "virtio" ? `      <address type='pci' domain='0x0000' bus='0x${hex(slot + 4)}' slot='0x00' function='0x0'/>\n` : ""}    </disk>
`;
}

const hex = (value: number) => (value & 255).toString(16).padStart(2, "0");
