import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { diffTrees } from "../../provider/plan/diff.ts";

const qemu = "http://libvirt.org/schemas/domain/qemu/1.0";
const mac = "<mac address='52:54:00:00:00:01'/>";
const interfaceOf = (type: string, more: string) =>
  `<devices><interface type='${type}'>${mac}${more}</interface></devices>`;
const system = (entries: string) => `<sysinfo type='smbios'><system>${entries}</system></sysinfo>`;
const cells = (cells: string) => `<vcpu>16</vcpu><cpu><numa>${cells}</numa></cpu>`;

/**
 * Spellings of people and tools that libvirt 9.0.0 prints differently, as measured. We report them, but
 * plan no change.
 */
const cases: readonly { name: string; desired: string; actual: string; dropped: readonly string[] }[] = [
  {
    name: "the live source of an interface of a network",
    desired: interfaceOf("network", "<source network='default' bridge='virbr0' portid='x'/>"),
    actual: interfaceOf("network", "<source network='default'/>"),
    dropped: ["not-for-this-type", "live-port"],
  },
  {
    name: "a network beside the bridge of an interface",
    desired: interfaceOf(
      "bridge",
      "<source network='mgmt' bridge='br0' portgroup='p' dev='eth0' mode='bridge'/>",
    ),
    actual: interfaceOf("bridge", "<source bridge='br0'/>"),
    dropped: ["not-for-this-type", "not-for-this-type", "not-for-this-type", "not-for-this-type"],
  },
  {
    name: "the first cell of NUMA, sizes in the bare unit",
    desired: cells("<cell id='0' cpus='0-1' memory='65536'/>"),
    actual: cells("<cell id='0' cpus='0-15' memory='65536' unit='KiB'/>"),
    dropped: ["first-cell-filled"],
  },
  {
    name: "the first cell of NUMA, without an id, in GiB",
    desired: cells("<cell cpus='0,1' memory='1' unit='GiB'/><cell cpus='2-3' memory='1' unit='GiB'/>"),
    actual: cells(
      "<cell id='0' cpus='0-1,4-15' memory='1048576' unit='KiB'/><cell id='1' cpus='2-3' memory='1048576' unit='KiB'/>",
    ),
    dropped: ["first-cell-filled"],
  },
  {
    name: "a bandwidth that is empty",
    desired: interfaceOf("user", "<bandwidth/>"),
    actual: interfaceOf("user", ""),
    dropped: ["says-nothing"],
  },
  {
    name: "a bandwidth with an average of zero",
    desired: interfaceOf("bridge", "<bandwidth><outbound average='0' peak='0'/></bandwidth>"),
    actual: interfaceOf("bridge", ""),
    dropped: [],
  },
  {
    name: "an address to listen at where SPICE has no port",
    desired:
      "<devices><graphics type='spice'><listen type='address' address='127.0.0.2'/></graphics></devices>",
    actual: "<devices><graphics type='spice'><listen type='none'/></graphics></devices>",
    dropped: ["spice-listens-nowhere"],
  },
  {
    name: "no automatic port, and both ports -1",
    desired: "<devices><graphics type='spice' port='-1' tlsPort='-1' autoport='no'/></devices>",
    actual: "<devices><graphics type='spice' autoport='yes'><listen type='address'/></graphics></devices>",
    dropped: ["automatic-port", "automatic-port", "both-ports-automatic"],
  },
  ...["user", "direct", "mcast", "internal", "hostdev", "vhostuser"].map((type) => ({
    name: `a filter on an interface of type ${type}`,
    desired: interfaceOf(type, "<filterref filter='clean-traffic'/>"),
    actual: interfaceOf(type, ""),
    dropped: ["filter-of-no-tap"],
  })),
  {
    name: "a number of vCPUs now beside their list",
    desired:
      "<vcpu current='2'>2</vcpu><vcpus><vcpu id='0' enabled='yes'/><vcpu id='1' enabled='no'/></vcpus>",
    actual:
      "<vcpu current='1'>2</vcpu><vcpus><vcpu id='0' enabled='yes'/><vcpu id='1' enabled='no'/></vcpus>",
    dropped: ["enabled-vcpus"],
  },
  {
    name: "entries of one name, and one that says nothing or has another name",
    desired: system(
      "<entry name='product'>a</entry><entry name='product'>b</entry><entry name='sku'/><entry name='x'>y</entry>",
    ),
    actual: system("<entry name='product'>a</entry>"),
    dropped: ["read-once", "sysinfo-empty", "sysinfo-unknown"],
  },
  {
    name: "blocks of a memory that has none",
    desired:
      "<devices><memory model='nvdimm'><target><size unit='KiB'>524288</size><block unit='KiB'>2048</block></target></memory></devices>",
    actual:
      "<devices><memory model='nvdimm'><target><size unit='KiB'>524288</size></target></memory></devices>",
    dropped: ["not-for-this-type"],
  },
  {
    name: "a format of the NVRAM that is not the firmware's",
    desired: "<os><nvram format='qcow2'>/v</nvram></os>",
    actual: "<os><loader type='pflash' format='raw'>/c</loader><nvram format='raw'>/v</nvram></os>",
    dropped: ["nvram-of-other-format"],
  },
  {
    name: "nodes beside their automatic placement",
    desired: "<numatune><memory mode='strict' placement='auto' nodeset='0'/></numatune>",
    actual: "<numatune><memory mode='strict' placement='auto'/></numatune>",
    dropped: ["nodeset-automatic"],
  },
  {
    name: "elements of other hypervisors, with the namespace above or on them",
    desired:
      "<lxc:namespace xmlns:lxc='http://libvirt.org/schemas/domain/lxc/1.0'><lxc:sharenet type='netns'/></lxc:namespace><datacenterpath xmlns='http://libvirt.org/schemas/domain/vmware/1.0'>a</datacenterpath>",
    actual: "",
    dropped: ["foreign-namespace", "foreign-namespace"],
  },
  {
    name: "empty elements of direct boot, of a disk and of SMBIOS",
    desired:
      "<os><kernel></kernel><initrd/><cmdline/></os><sysinfo type='smbios'><bios/></sysinfo><devices><disk><target dev='vda'/><serial></serial><wwn/></disk></devices>",
    actual: "<os/><sysinfo type='smbios'/><devices><disk><target dev='vda'/></disk></devices>",
    dropped: ["says-nothing", "says-nothing", "says-nothing", "says-nothing", "says-nothing", "says-nothing"],
  },
  {
    name: "a source of another type, the label's type and a serial number in the wrong place",
    desired:
      "<devices><disk type='block'><source dev='/x' name='pvc' file='/y'><seclabel model='dac' relabel='no' type='none'/></source><target dev='vda' serial='a'/></disk></devices>",
    actual:
      "<devices><disk type='block'><source dev='/x'><seclabel model='dac' relabel='no'/></source><target dev='vda'/></disk></devices>",
    dropped: ["not-for-this-type", "not-for-this-type", "seclabel-of-device", "ignored"],
  },
  {
    name: "a second emulator, driver and operating system",
    desired:
      "<os><type>hvm</type></os><os><kernel>/k</kernel></os><devices><emulator>/a</emulator><emulator>/b</emulator><disk><driver type='raw'/><driver type='qcow2'/><target dev='vda'/></disk></devices>",
    actual:
      "<os><type>hvm</type></os><devices><emulator>/a</emulator><disk><driver type='raw'/><target dev='vda'/></disk></devices>",
    dropped: ["read-once", "read-once", "read-once"],
  },
  {
    name: "an enlightenment that is written twice: the last one counts",
    desired: "<features><hyperv><relaxed state='on'/><relaxed state='off'/></hyperv></features>",
    actual: "<features><hyperv><relaxed state='off'/></hyperv></features>",
    dropped: ["read-once"],
  },
  {
    name: "SMBIOS of nobody, the first process of a container",
    desired: "<os><type>hvm</type><smbios mode='none'/><init>/sbin/init</init><initarg>x</initarg></os>",
    actual: "<os><type>hvm</type></os>",
    dropped: ["smbios-none", "init-of-container", "init-of-container"],
  },
  {
    name: "settings of graphics of another type",
    desired:
      "<devices><graphics type='vnc' display=':3' xauth='/x' fullscreen='yes' multiUser='yes'/></devices>",
    actual: "<devices><graphics type='vnc'/></devices>",
    dropped: ["not-for-this-type", "not-for-this-type", "not-for-this-type", "not-for-this-type"],
  },
  {
    name: "a variable clock that is reset, and one of another kind that is adjusted",
    desired: "<clock offset='variable' basis='utc' adjustment='reset'/>",
    actual: "<clock offset='variable' adjustment='0' basis='utc'/>",
    dropped: ["clock-adjustment-reset"],
  },
  {
    name: "a namespace of metadata under another prefix, declared further up",
    desired: "<metadata xmlns:b='urn:x'><b:app b:n='1'><b:note>t</b:note></b:app></metadata>",
    actual: "<metadata><a:app xmlns:a='urn:x' a:n='1'><a:note>t</a:note></a:app></metadata>",
    dropped: [],
  },
];

/** Similar cases that are changes. */
const changes: readonly { name: string; desired: string; actual: string; want: readonly string[] }[] = [
  {
    name: "another first emulator, though the second one is there",
    desired: "<devices><emulator>/b</emulator><emulator>/a</emulator></devices>",
    actual: "<devices><emulator>/a</emulator></devices>",
    want: ["change devices/emulator"],
  },
  {
    name: "the source of an interface's own type",
    desired: interfaceOf("bridge", "<source bridge='br1'/>"),
    actual: interfaceOf("bridge", "<source bridge='br0'/>"),
    want: ["change devices/interface[52:54:00:00:00:01]/source/@bridge"],
  },
  {
    name: "a filter on a bridge",
    desired: interfaceOf("bridge", "<filterref filter='clean-traffic'/>"),
    actual: interfaceOf("bridge", ""),
    want: ["add devices/interface[52:54:00:00:00:01]/filterref"],
  },
  {
    name: "vCPUs of a second cell",
    desired: cells("<cell cpus='0-1' memory='1'/><cell cpus='2' memory='1'/>"),
    actual: cells("<cell id='0' cpus='0-1,4-15' memory='1'/><cell id='1' cpus='2-3' memory='1'/>"),
    want: ["change cpu/numa/cell[0]/@cpus", "change cpu/numa/cell[1]/@cpus"],
  },
  {
    name: "an element that libvirt does not know",
    desired: "<novelty/><os><novelty/></os><devices><disk><target dev='vda'/><novelty/></disk></devices>",
    actual: "<os/><devices><disk><target dev='vda'/></disk></devices>",
    want: ["add novelty", "add os/novelty", "add devices/disk[vda]/novelty"],
  },
  {
    name: "a flag",
    desired: "<devices><disk><target dev='vda'/><readonly/></disk></devices>",
    actual: "<devices><disk><target dev='vda'/></disk></devices>",
    want: ["add devices/disk[vda]/readonly"],
  },
  {
    name: "names that differ in case alone",
    desired:
      "<devices><filesystem><target dir='share'/></filesystem><channel><target type='virtio' name='Org.A'/></channel></devices><qemu:commandline><qemu:env name='HTTP_PROXY' value='z'/></qemu:commandline>",
    actual:
      "<devices><filesystem><target dir='Share'/></filesystem><channel><target type='virtio' name='org.a'/></channel></devices><qemu:commandline><qemu:env name='http_proxy' value='z'/></qemu:commandline>",
    want: [
      "add devices/filesystem[share]",
      "add devices/channel[Org.A]",
      "add qemu:commandline/qemu:env[HTTP_PROXY]",
    ],
  },
  {
    name: "another namespace under the same prefix",
    desired: "<metadata><a:app xmlns:a='urn:y'/></metadata>",
    actual: "<metadata><a:app xmlns:a='urn:x'/></metadata>",
    want: ["change metadata/a:app/@xmlns:a"],
  },
];

const domain = (inside: string) =>
  parseDomainXml(`<domain type='kvm' xmlns:qemu='${qemu}'><name>g</name>${inside}</domain>`);

describe("what people write and libvirt ignores", () => {
  for (const { name, desired, actual, dropped } of cases) {
    it(name, () => {
      const diff = diffTrees(domainSchema, {
        recorded: null,
        desired: domain(desired),
        actual: domain(actual),
      });
      expect(diff.changes.map(({ kind, path }) => `${kind} ${path}`)).to.deep.equal([]);
      expect(diff.dropped.map(({ rule }) => rule)).to.have.members([...dropped]);
    });
  }
});

describe("what looks ignored and counts", () => {
  for (const { name, desired, actual, want } of changes) {
    it(name, () => {
      const diff = diffTrees(domainSchema, {
        recorded: null,
        desired: domain(desired),
        actual: domain(actual),
      });
      expect(diff.changes.map(({ kind, path }) => `${kind} ${path}`)).to.deep.equal(want);
    });
  }
});

describe("what a host's libvirt is too old for", () => {
  const desired = domain("<cpu><topology sockets='1' dies='1' clusters='1' cores='2' threads='1'/></cpu>");
  const actual = domain("<cpu><topology sockets='1' dies='1' cores='2' threads='1'/></cpu>");
  const told = (libvirtVersion?: number) => {
    const { changes, dropped } = diffTrees(domainSchema, { recorded: null, desired, actual, libvirtVersion });
    return [...changes.map(({ path }) => path), ...dropped.map(({ rule }) => rule)];
  };
  it("is told and no change on 9.0.0", () => {
    expect(told(9_000_000)).to.deep.equal(["newer-than-host"]);
  });
  it("is a change where the host may know it", () => {
    expect(told(11_003_000)).to.deep.equal(["cpu/topology/@clusters"]);
    expect(told()).to.deep.equal(["cpu/topology/@clusters"]);
  });
});
