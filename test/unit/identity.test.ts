import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { diffTrees } from "../../provider/plan/diff.ts";

const pci = (bus: string, more: string) =>
  `<hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='${bus}' slot='0x00' function='0x0'/></source>${more}</hostdev>`;
const usb = (product: string) =>
  `<hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/><product id='${product}'/></source></hostdev>`;
const nic = (name: string, bridge: string) =>
  `<interface type='bridge'><source bridge='${bridge}'/><alias name='${name}'/></interface>`;
const dimm = (node: number, size: number) =>
  `<memory model='dimm'><target><size unit='KiB'>${size}</size><node>${node}</node></target></memory>`;
const devices = (...all: string[]) => `<devices>${all.join("")}</devices>`;

/** One case for each identity of elements, and for each pair of values with the same meaning. */
const cases: readonly { name: string; desired: string; actual: string; want?: readonly string[] }[] = [
  {
    name: "interfaces without a MAC address by their alias",
    desired: devices(nic("ua-b", "y"), nic("ua-a", "z")),
    actual: devices(nic("ua-a", "x"), nic("ua-b", "y")),
    want: ["change devices/interface[1]/source/@bridge"],
  },
  {
    name: "interfaces with neither by their position among equals",
    desired: devices("<interface type='user'/>", "<interface type='user'><link state='down'/></interface>"),
    actual: devices("<interface type='user'/>", "<interface type='user'/>"),
    want: ["add devices/interface[1]/link"],
  },
  {
    name: "controllers by type and index",
    desired: devices("<controller type='scsi' index='1' model='virtio-scsi'/>"),
    actual: devices(
      "<controller type='usb' index='1' model='x'/>",
      "<controller type='scsi' index='0' model='lsilogic'/>",
      "<controller type='scsi' index='1' model='lsilogic'/>",
    ),
    want: ["change devices/controller[scsi 1]/@model"],
  },
  {
    name: "pins and threads by their ids",
    desired:
      "<cputune><vcpupin vcpu='1' cpuset='3'/><vcpupin vcpu='0' cpuset='2'/><iothreadpin iothread='2' cpuset='1'/></cputune>",
    actual:
      "<cputune><vcpupin vcpu='0' cpuset='2'/><vcpupin vcpu='1' cpuset='1'/><iothreadpin iothread='1' cpuset='0'/><iothreadpin iothread='2' cpuset='1'/></cputune>",
    want: ["change cputune/vcpupin[1]/@cpuset"],
  },
  {
    name: "PCI devices of the host by their address there, in any order",
    desired: devices(pci("0x2", ""), pci("1", "")),
    actual: devices(pci("0x01", "<address type='pci' slot='0x5'/>"), pci("0x02", "<address type='pci'/>")),
  },
  {
    name: "USB devices of the host by what they are, in any order",
    desired: devices(usb("0x3"), usb("0x2")),
    actual: devices(usb("0x0002"), usb("0x0003")),
  },
  {
    name: "NUMA cells by their ids",
    desired: "<cpu><numa><cell id='1' memory='2'/><cell id='0' memory='1'/></numa></cpu>",
    actual:
      "<cpu><numa><cell id='0' memory='1' unit='KiB'/><cell id='1' memory='2' unit='KiB'/></numa></cpu>",
  },
  {
    name: "memory devices by what they are",
    desired: devices(dimm(1, 2048), dimm(0, 1024)),
    actual: devices(dimm(0, 1024), dimm(1, 2048)),
  },
  {
    name: "channels by the name of their target",
    desired: devices("<channel type='unix'><target type='virtio' name='b'/></channel>"),
    actual: devices(
      "<channel type='pty'><target type='virtio' name='a'/></channel>",
      "<channel type='pty'><target type='virtio' name='b'/></channel>",
    ),
    want: ["change devices/channel[b]/@type"],
  },
  {
    name: "graphics by their type",
    desired: devices("<graphics type='vnc' keymap='de'/>"),
    actual: devices("<graphics type='spice' keymap='de'/>", "<graphics type='vnc' keymap='fr'/>"),
    want: ["change devices/graphics[vnc]/@keymap"],
  },
  {
    name: "units of storage",
    desired: devices(
      "<disk><driver><metadata_cache><max_size unit='MiB'>1</max_size></metadata_cache></driver><target dev='vda'/></disk>",
    ),
    actual: devices(
      "<disk><driver><metadata_cache><max_size unit='bytes'>1048576</max_size></metadata_cache></driver><target dev='vda'/></disk>",
    ),
  },
  {
    name: "what libvirt fills in: emulator, placement, controllers, inputs, balloon, alias, label, backing store",
    desired: `<vcpu>2</vcpu><os><type>hvm</type></os>${devices("<disk type='file'><source file='/x'/><target dev='vda'/></disk>")}`,
    actual: `<vcpu placement='static'>2</vcpu><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><boot dev='hd'/></os>${devices(
      "<emulator>/usr/bin/qemu-system-x86_64</emulator>",
      "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/x' index='1'/><backingStore/><target dev='vda' bus='virtio'/><alias name='virtio-disk0'/></disk>",
      "<controller type='pci' index='0' model='pcie-root'/>",
      "<input type='mouse' bus='ps2'/><memballoon model='virtio'/>",
    )}<seclabel type='dynamic' model='dac' relabel='yes'><label>+1:+1</label></seclabel>`,
  },
  {
    name: "a serial port and the console that libvirt makes of it",
    desired: devices("<serial type='pty'/>"),
    actual: devices(
      "<serial type='pty'><target type='isa-serial' port='0'/></serial>",
      "<console type='pty'><target type='serial' port='0'/></console>",
    ),
  },
  {
    name: "a console that libvirt makes a serial port of",
    desired: devices("<console type='pty'/>"),
    actual: devices(
      "<serial type='pty'><target type='isa-serial' port='0'/></serial>",
      "<console type='pty'><target type='serial' port='0'/></console>",
    ),
  },
];

describe("what tells elements apart, and what means the same", () => {
  for (const { name, desired, actual, want = [] } of cases) {
    it(name, () => {
      const domain = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);
      const { changes } = diffTrees(domainSchema, {
        recorded: null,
        desired: domain(desired),
        actual: domain(actual),
      });
      expect(changes.map(({ kind, path }) => `${kind} ${path}`)).to.deep.equal(want);
    });
  }
});
