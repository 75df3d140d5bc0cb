import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { diffTrees } from "../../provider/plan/diff.ts";

/** What libvirt makes of written XML. These are not changes; ignored parts are reported. */
const cases: readonly { name: string; desired: string; actual: string; dropped: readonly string[] }[] = [
  {
    name: "an address in other digits",
    desired: "<devices><rng><address type='pci' slot='18'/></rng></devices>",
    actual: "<devices><rng><address type='pci' slot='0x12'/></rng></devices>",
    dropped: [],
  },
  {
    name: "a controller without an index",
    desired: "<devices><controller type='usb' model='none'/></devices>",
    actual: "<devices><controller type='usb' index='0' model='none'/></devices>",
    dropped: [],
  },
  {
    name: "schedulers of several threads",
    desired: "<cputune><iothreadsched iothreads='1-2' scheduler='batch'/></cputune>",
    actual:
      "<cputune><iothreadsched iothreads='1' scheduler='batch'/><iothreadsched iothreads='2' scheduler='batch'/></cputune>",
    dropped: [],
  },
  {
    name: "a pin of a vCPU that does not exist",
    desired: "<vcpu>2</vcpu><cputune><vcpupin vcpu='0' cpuset='1'/><vcpupin vcpu='2' cpuset='0'/></cputune>",
    actual: "<vcpu>2</vcpu><cputune><vcpupin vcpu='0' cpuset='1'/></cputune>",
    dropped: ["vcpupin-beyond"],
  },
  {
    name: "IO thread 0 of a controller",
    desired:
      "<devices><controller type='scsi' index='0'><driver queues='2' iothread='0'/></controller></devices>",
    actual: "<devices><controller type='scsi' index='0'><driver queues='2'/></controller></devices>",
    dropped: ["controller-iothread-zero"],
  },
  {
    name: "a cell without a number",
    desired: "<cpu><numa><cell cpus='0' memory='1' unit='GiB'/></numa></cpu>",
    actual: "<cpu><numa><cell id='0' cpus='0' memory='1048576' unit='KiB'/></numa></cpu>",
    dropped: [],
  },
  {
    name: "a MAC address and a path in other digits",
    desired:
      "<devices><interface type='ethernet'><mac address='52:54:0:AA:b:c'/><model type='virtio'/><backend vhost='/dev//vhost-net/'/></interface></devices>",
    actual:
      "<devices><interface type='ethernet'><mac address='52:54:00:aa:0b:0c'/><model type='virtio'/><backend vhost='/dev/vhost-net'/></interface></devices>",
    dropped: [],
  },
  {
    name: "sizes in other units",
    desired:
      "<memtune><hard_limit unit='G'>1</hard_limit></memtune><devices><shmem name='s'><size unit='KiB'>8192</size></shmem></devices>",
    actual:
      "<memtune><hard_limit unit='KiB'>1048576</hard_limit></memtune><devices><shmem name='s'><size unit='M'>8</size></shmem></devices>",
    dropped: [],
  },
  {
    name: "another prefix for QEMU's namespace",
    desired:
      "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='-a'/></q:commandline>",
    actual: "<qemu:commandline><qemu:arg value='-a'/></qemu:commandline>",
    dropped: [],
  },
  {
    name: "what belongs to a running guest",
    desired:
      "<devices><disk type='file'><source file='/x' index='3'/><target dev='vda'/><alias name='virtio-disk0'/></disk><interface type='network'><mac address='52:54:00:00:00:01'/><target dev='vnet7'/></interface></devices>",
    actual:
      "<devices><disk type='file'><source file='/x'/><target dev='vda'/></disk><interface type='network'><mac address='52:54:00:00:00:01'/></interface></devices>",
    dropped: ["live-source-index", "live-alias", "live-tap"],
  },
  {
    name: "an automatic port",
    desired: "<devices><graphics type='vnc' port='5901' autoport='yes'/></devices>",
    actual: "<devices><graphics type='vnc' port='-1' autoport='yes'/></devices>",
    dropped: ["automatic-port"],
  },
  {
    name: "more memory now than there is",
    desired: "<memory unit='MiB'>64</memory><currentMemory unit='MiB'>65</currentMemory>",
    actual: "<memory unit='KiB'>65536</memory><currentMemory unit='KiB'>65536</currentMemory>",
    dropped: ["current-memory-clamped"],
  },
  {
    name: "memory of NUMA cells",
    desired:
      "<memory>1</memory><cpu><numa><cell id='0' cpus='0' memory='32' unit='MiB'/><cell id='1' cpus='1' memory='32768'/></numa></cpu>",
    actual:
      "<memory unit='KiB'>65536</memory><cpu><numa><cell id='0' cpus='0' memory='32768' unit='KiB'/><cell id='1' cpus='1' memory='32768' unit='KiB'/></numa></cpu>",
    dropped: ["memory-of-cells"],
  },
  {
    name: "video memory that is no power of two",
    desired: "<devices><video><model type='qxl' ram='60000'/></video></devices>",
    actual: "<devices><video><model type='qxl' ram='65536' primary='yes'/></video></devices>",
    dropped: [],
  },
  {
    name: "no medium, a closed tray, no limits",
    desired:
      "<devices><disk device='cdrom'><source file=''/><target dev='sda' tray='closed'/><iotune><read_iops_sec>0</read_iops_sec></iotune></disk></devices>",
    actual: "<devices><disk device='cdrom'><target dev='sda'/></disk></devices>",
    dropped: [],
  },
  {
    name: "a clock that is adjusted",
    desired: "<clock offset='utc' adjustment='3600'/>",
    actual: "<clock offset='variable' adjustment='3600' basis='utc'/>",
    dropped: [],
  },
  {
    name: "metadata of a namespace that is there already",
    desired: "<metadata><a:x xmlns:a='urn:a'/><a:y xmlns:a='urn:a'/></metadata>",
    actual: "<metadata><a:x xmlns:a='urn:a'/></metadata>",
    dropped: ["metadata-namespace"],
  },
];

/** Similar cases that are changes. A rule that matches too often would hide them. */
const changes: readonly { name: string; desired: string; actual: string; want: readonly string[] }[] = [
  {
    name: "a pin of a vCPU that exists",
    desired: "<vcpu>2</vcpu><cputune><vcpupin vcpu='1' cpuset='0'/></cputune>",
    actual: "<vcpu>2</vcpu>",
    want: ["add cputune/vcpupin[1]"],
  },
  {
    name: "a name of one's own for a device",
    desired: "<devices><disk><target dev='vda'/><alias name='ua-x'/></disk></devices>",
    actual: "<devices><disk><target dev='vda'/></disk></devices>",
    want: ["add devices/disk[vda]/alias"],
  },
  {
    name: "a fixed port where it is automatic",
    desired: "<devices><graphics type='vnc' port='5901' autoport='no'/></devices>",
    actual: "<devices><graphics type='vnc' port='-1' autoport='yes'/></devices>",
    want: ["change devices/graphics[vnc]/@port", "change devices/graphics[vnc]/@autoport"],
  },
  {
    name: "options of an interface whose model is not declared but virtio",
    desired:
      "<devices><interface><mac address='52:54:00:00:00:01'/><driver queues='4'/></interface></devices>",
    actual:
      "<devices><interface type='network'><mac address='52:54:00:00:00:01'/><model type='virtio'/></interface></devices>",
    want: ["add devices/interface[52:54:00:00:00:01]/driver"],
  },
  {
    name: "a removable disk whose bus is not declared but USB",
    desired: "<devices><disk><target dev='sda' removable='on'/></disk></devices>",
    actual: "<devices><disk><target dev='sda' bus='usb'/></disk></devices>",
    want: ["add devices/disk[sda]/target/@removable"],
  },
  {
    name: "memory where there is none",
    desired: "<memory unit='MiB'>64</memory><currentMemory unit='MiB'>64</currentMemory>",
    actual: "<vcpu>1</vcpu>",
    want: ["add memory", "add currentMemory"],
  },
  {
    name: "less memory now than there is",
    desired: "<memory unit='MiB'>64</memory><currentMemory unit='MiB'>63</currentMemory>",
    actual: "<memory unit='KiB'>65536</memory><currentMemory unit='KiB'>65536</currentMemory>",
    want: ["change currentMemory"],
  },
  {
    name: "the default cache mode where there is another",
    desired: "<devices><disk><driver cache='default'/><target dev='vda'/></disk></devices>",
    actual: "<devices><disk><driver cache='none'/><target dev='vda'/></disk></devices>",
    want: ["change devices/disk[vda]/driver/@cache"],
  },
  {
    name: "a description indented otherwise",
    desired: "<description>a\n  b</description>",
    actual: "<description>a\n b</description>",
    want: ["change description"],
  },
  {
    name: "a machine of another version",
    desired: "<os><type machine='pc-q35-7.1'>hvm</type></os>",
    actual: "<os><type machine='pc-q35-7.2'>hvm</type></os>",
    want: ["change os/type/@machine"],
  },
  {
    name: "an unknown element of a later version, kept and compared",
    desired: "<devices><novelty kind='a'><part>1</part></novelty></devices>",
    actual: "<devices><novelty kind='a' more='b'><part>2</part><other/></novelty></devices>",
    want: ["change devices/novelty/part"],
  },
];

describe("what libvirt leaves out or writes otherwise", () => {
  for (const { name, desired, actual, dropped } of cases) {
    it(name, () => {
      const domain = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);
      const diff = diffTrees(domainSchema, {
        recorded: null,
        desired: domain(desired),
        actual: domain(actual),
      });
      expect(diff.changes.map((change) => change.path)).to.deep.equal([]);
      expect(diff.dropped.map((each) => each.rule)).to.deep.equal(dropped);
    });
  }
});

describe("what only looks like it", () => {
  for (const { name, desired, actual, want } of changes) {
    it(name, () => {
      const domain = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);
      const diff = diffTrees(domainSchema, {
        recorded: null,
        desired: domain(desired),
        actual: domain(actual),
      });
      expect(diff.changes.map(({ kind, path }) => `${kind} ${path}`)).to.deep.equal(want);
      expect(diff.dropped).to.deep.equal([]);
    });
  }
});
