import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { diffTrees } from "../../provider/plan/diff.ts";

const domain = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);

/** Parts that only some kinds of a device have. On other kinds they are reported, and are not changes. */
const cases: readonly { name: string; desired: string; actual: string; dropped: readonly string[] }[] = [
  {
    name: "the tray of a disk that is no drive",
    desired: "<devices><disk device='disk'><target dev='vda' tray='open'/></disk></devices>",
    actual: "<devices><disk device='disk'><target dev='vda'/></disk></devices>",
    dropped: ["not-for-this-kind"],
  },
  {
    name: "the place of a balloon that is none",
    desired: "<devices><memballoon model='none'><address type='pci' slot='0x05'/></memballoon></devices>",
    actual: "<devices><memballoon model='none'/></devices>",
    dropped: ["not-for-this-kind"],
  },
  {
    name: "a path of a character device that has none",
    desired: "<devices><channel type='spicevmc'><source path='/x' mode='bind'/></channel></devices>",
    actual: "<devices><channel type='spicevmc'/></devices>",
    dropped: ["not-for-this-source", "not-for-this-source"],
  },
  {
    name: "a console that is the serial port at its position",
    desired:
      "<devices><serial type='pty'/><serial type='file'><source path='/s'/></serial><console type='pty'/><console type='pty'><source path='/c'><seclabel model='dac'/></source><target type='serial'/></console></devices>",
    actual:
      "<devices><serial type='pty'/><serial type='file'><source path='/s'/></serial><console type='pty'/><console type='file'><source path='/s'/><target type='serial' port='1'/></console></devices>",
    dropped: ["console-is-serial", "live-pty", "not-for-this-source"],
  },
  {
    name: "a drive without a medium is of type file",
    desired: "<devices><disk type='network' device='cdrom'><target dev='sda'/></disk></devices>",
    actual: "<devices><disk type='file' device='cdrom'><target dev='sda'/></disk></devices>",
    dropped: ["type-without-source"],
  },
  {
    name: "what stands behind the end of a chain of images",
    desired:
      "<devices><disk><backingStore><format type='raw'/></backingStore><target dev='vda'/></disk></devices>",
    actual: "<devices><disk><backingStore/><target dev='vda'/></disk></devices>",
    dropped: ["end-of-chain"],
  },
  {
    name: "an address of zeros",
    desired:
      "<devices><rng><address type='pci' domain='0x0000' bus='0x00' slot='0' function='0x0'/></rng></devices>",
    actual:
      "<devices><rng><address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/></rng></devices>",
    dropped: ["pci-address-zero"],
  },
  {
    name: "the settings of a feature that is off",
    desired: "<features><hyperv><spinlocks state='off' retries='4096'/></hyperv></features>",
    actual: "<features><hyperv><spinlocks state='off'/></hyperv></features>",
    dropped: ["feature-off"],
  },
  {
    name: "how to match a CPU that has no model",
    desired: "<cpu match='strict' check='full'/>",
    actual: "<cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>",
    dropped: ["cpu-default-model", "cpu-default-model"],
  },
  {
    name: "vCPUs that no NUMA cell lists",
    desired: "<vcpu>4</vcpu><cpu><numa><cell id='0' cpus='0'/><cell id='1' cpus='2'/></numa></cpu>",
    actual: "<vcpu>4</vcpu><cpu><numa><cell id='0' cpus='0-1,3'/><cell id='1' cpus='2'/></numa></cpu>",
    dropped: ["first-cell-filled"],
  },
  {
    name: "the size of an NVDIMM on ppc64, cut to blocks beside its label",
    desired:
      "<os><type arch='ppc64le'>hvm</type></os><devices><memory model='nvdimm'><target><size unit='KiB'>550000</size><label><size unit='KiB'>128</size></label></target></memory></devices>",
    actual:
      "<os><type arch='ppc64le'>hvm</type></os><devices><memory model='nvdimm'><target><size unit='KiB'>524416</size><label><size unit='KiB'>128</size></label></target></memory></devices>",
    dropped: [],
  },
  {
    name: "metadata of one namespace with two prefixes",
    desired: "<metadata><a:x xmlns:a='urn:n'/><b:y xmlns:b='urn:n'/></metadata>",
    actual: "<metadata><a:x xmlns:a='urn:n'/></metadata>",
    dropped: ["metadata-namespace"],
  },
  {
    name: "letters that libvirt writes in another case",
    desired:
      "<devices><disk><target dev='vda'/><boot order='1' loadparm='linux'/></disk><interface><mac address='52:54:00:00:00:01'/><model type='VirtIO'/></interface></devices>",
    actual:
      "<devices><disk><target dev='vda'/><boot order='1' loadparm='LINUX'/></disk><interface><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface></devices>",
    dropped: [],
  },
];

/** The same parts on kinds that have them. */
const changes: readonly { name: string; desired: string; actual: string; want: readonly string[] }[] = [
  {
    name: "the tray of a drive",
    desired: "<devices><disk device='cdrom'><target dev='sda' tray='open'/></disk></devices>",
    actual: "<devices><disk device='cdrom'><target dev='sda'/></disk></devices>",
    want: ["add devices/disk[sda]/target/@tray"],
  },
  {
    name: "a path of a character device that has one",
    desired: "<devices><channel type='unix'><source path='/x' mode='bind'/></channel></devices>",
    actual: "<devices><channel type='unix'/></devices>",
    want: ["add devices/channel[0]"],
  },
  {
    name: "a console of its own beside a serial port",
    desired: "<devices><serial type='pty'/><console type='stdio'><target type='virtio'/></console></devices>",
    actual: "<devices><serial type='pty'/><console type='pty'><target type='virtio'/></console></devices>",
    want: ["change devices/console/@type"],
  },
  {
    name: "an address of zeros in part",
    desired:
      "<devices><rng><address type='pci' domain='0x0000' bus='0x01' slot='0' function='0x0'/></rng></devices>",
    actual:
      "<devices><rng><address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/></rng></devices>",
    want: ["change devices/rng/address/@bus", "change devices/rng/address/@slot"],
  },
  {
    name: "fewer vCPUs in a cell where another has them",
    desired: "<vcpu>4</vcpu><cpu><numa><cell id='0' cpus='0-1'/><cell id='1' cpus='2-3'/></numa></cpu>",
    actual: "<vcpu>4</vcpu><cpu><numa><cell id='0' cpus='0-2'/><cell id='1' cpus='3'/></numa></cpu>",
    want: ["change cpu/numa/cell[0]/@cpus", "change cpu/numa/cell[1]/@cpus"],
  },
];

describe("parts that only some kinds of a device have", () => {
  for (const { name, desired, actual, dropped } of cases) {
    it(name, () => {
      const diff = diffTrees(domainSchema, {
        recorded: null,
        desired: domain(desired),
        actual: domain(actual),
      });
      expect(diff.changes.map((change) => change.path)).to.deep.equal([]);
      expect(diff.dropped.map((each) => each.rule)).to.deep.equal(dropped);
    });
  }

  for (const { name, desired, actual, want } of changes) {
    it(`but ${name}`, () => {
      const diff = diffTrees(domainSchema, {
        recorded: null,
        desired: domain(desired),
        actual: domain(actual),
      });
      expect(diff.changes.map(({ kind, path }) => `${kind} ${path}`)).to.deep.equal(want);
    });
  }
});
