import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";

interface Case {
  readonly name: string;
  readonly recorded?: string;
  readonly desired: string;
  readonly actual: string;
  /** `kind path before → after` of each change. */
  readonly want: readonly string[];
  readonly result?: string;
}

/** A disk with this `<driver>`. */
const served = (attributes: string, ...threads: string[]) =>
  `<devices><disk><driver name='qemu'${attributes}${threads.length === 0 ? "/>" : `><iothreads>${threads.join("")}</iothreads></driver>`}<target dev='vdb'/></disk></devices>`;
const mapped = (id: number, ...queues: number[]) =>
  queues.length === 0
    ? `<iothread id='${id}'/>`
    : `<iothread id='${id}'>${queues.map((queue) => `<queue id='${queue}'/>`).join("")}</iothread>`;

/** A disk with this source, on a chain or not. */
const stored = (type: string, source: string, chain = "") =>
  `<devices><disk type='${type}'><driver type='qcow2'/><source ${source}/>${chain}<target dev='vda'/></disk></devices>`;
const chain =
  "<backingStore type='file'><format type='raw'/><source file='/base'/><backingStore/></backingStore>";
const otherSources = [
  ["file", "file='/a'", "file='/b'", "@file /a → /b"],
  ["block", "dev='/dev/a'", "dev='/dev/b'", "@dev /dev/a → /dev/b"],
  ["volume", "pool='p' volume='a'", "pool='p' volume='b'", "@volume a → b"],
  ["volume", "pool='p' volume='a'", "pool='q' volume='a'", "@pool p → q"],
  ["network", "protocol='rbd' name='p/a'", "protocol='rbd' name='p/b'", "@name p/a → p/b"],
] as const;

const cases: readonly Case[] = [
  ...otherSources.flatMap(([type, from, to, change]) =>
    [chain, "<backingStore/>"].map((below) => ({
      name: `another source leaves the chain of the old one: ${from} → ${to}, ${below}`,
      desired: stored(type, to),
      actual: stored(type, from, below),
      want: [`change devices/disk[vda]/source/${change}`],
      result: stored(type, to),
    })),
  ),
  {
    name: "another source keeps the chain that is declared",
    desired: stored("file", "file='/b'", chain),
    actual: stored("file", "file='/a'", chain),
    want: ["change devices/disk[vda]/source/@file /a → /b"],
    result: stored("file", "file='/b'", chain),
  },
  {
    name: "the chain stays below another startup policy of the same source",
    desired: stored("file", "file='/a' startupPolicy='optional'"),
    actual: stored("file", "file='/a'", chain),
    want: ["add devices/disk[vda]/source/@startupPolicy"],
    result: stored("file", "file='/a' startupPolicy='optional'", chain),
  },
  {
    name: "a mapping is one value: what the host has besides leaves it",
    desired: served("", mapped(2, 0, 1)),
    actual: served("", mapped(2, 0, 2), mapped(3, 1)),
    want: [
      "add devices/disk[vdb]/driver/iothreads/iothread[2]/queue[1]",
      "remove devices/disk[vdb]/driver/iothreads/iothread[2]/queue[2]",
      "remove devices/disk[vdb]/driver/iothreads/iothread[3]",
    ],
    result: served("", mapped(2, 0, 1)),
  },
  {
    name: "a mapping takes the place of one thread, declared by whomever",
    desired: served("", mapped(2)),
    actual: served(" iothread='1'"),
    want: ["remove devices/disk[vdb]/driver/@iothread", "add devices/disk[vdb]/driver/iothreads/iothread[2]"],
    result: served("", mapped(2)),
  },
  {
    name: "one thread takes the place of a mapping, beside other things that were recorded",
    recorded: "<title>a</title>",
    desired: served(" iothread='1'"),
    actual: served("", mapped(2), mapped(3)),
    want: [
      "add devices/disk[vdb]/driver/@iothread",
      "remove devices/disk[vdb]/driver/iothreads/iothread[2]",
      "remove devices/disk[vdb]/driver/iothreads/iothread[3]",
    ],
    result: served(" iothread='1'", "").replace("<iothreads></iothreads>", "<iothreads/>"),
  },
  {
    name: "a mapping stays where the device declares neither thread nor mapping",
    desired: "<devices><disk><driver cache='none'/><target dev='vdb'/></disk></devices>",
    actual: served(" cache='none'", mapped(2), mapped(3)),
    want: [],
  },
  {
    name: "the image that libvirt chose leaves with the firmware",
    recorded: "<os firmware='efi'><type machine='q35'>hvm</type></os>",
    desired: "<os><type machine='q35'>hvm</type></os>",
    actual:
      "<os firmware='efi'><type machine='q35'>hvm</type><firmware><feature enabled='yes' name='secure-boot'/></firmware><loader type='pflash'>/x.fd</loader><nvram>/y.fd</nvram><boot dev='hd'/></os>",
    want: [
      "remove os/@firmware",
      "remove os/firmware/feature[secure-boot]",
      "remove os/loader",
      "remove os/nvram",
    ],
    result: "<os><type machine='q35'>hvm</type><firmware/><boot dev='hd'/></os>",
  },
  { name: "nothing declared, nothing changed", desired: "", actual: "<vcpu>2</vcpu>", want: [] },
  {
    name: "units and sets by meaning",
    desired: "<memory unit='MiB'>64</memory><cputune><emulatorpin cpuset='1,0'/></cputune>",
    actual: "<memory unit='KiB'>65536</memory><cputune><emulatorpin cpuset='0-1'/></cputune>",
    want: [],
  },
  {
    name: "a machine's alias",
    desired: "<os><type machine='q35'>hvm</type></os>",
    actual: "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>",
    want: [],
  },
  {
    name: "a number of threads means ids from 1",
    desired: "<iothreads>2</iothreads>",
    actual:
      "<iothreads>3</iothreads><iothreadids><iothread id='1'/><iothread id='2'/><iothread id='9'/></iothreadids>",
    want: [],
  },
  {
    name: "one thread more",
    desired: "<iothreadids><iothread id='3'/></iothreadids>",
    actual: "<iothreads>2</iothreads>",
    want: ["add iothreadids/iothread[3]"],
    result:
      "<iothreads>3</iothreads><iothreadids><iothread id='1'/><iothread id='2'/><iothread id='3'/></iothreadids>",
  },
  {
    name: "a thread that is declared no more takes its pin along",
    recorded: "<iothreadids><iothread id='3'/></iothreadids>",
    desired: "",
    actual:
      "<iothreads>3</iothreads><cputune><iothreadpin iothread='1' cpuset='0'/><iothreadpin iothread='3' cpuset='1'/></cputune>",
    want: ["remove iothreadids/iothread[3]"],
    result:
      "<iothreads>2</iothreads><iothreadids><iothread id='1'/><iothread id='2'/></iothreadids><cputune><iothreadpin iothread='1' cpuset='0'/></cputune>",
  },
  {
    name: "a pin moved",
    desired: "<cputune><iothreadpin iothread='1' cpuset='1'/></cputune>",
    actual: "<cputune><vcpupin vcpu='0' cpuset='0'/><iothreadpin iothread='1' cpuset='0'/></cputune>",
    want: ["change cputune/iothreadpin[1]/@cpuset 0 → 1"],
    result: "<cputune><vcpupin vcpu='0' cpuset='0'/><iothreadpin iothread='1' cpuset='1'/></cputune>",
  },
  {
    name: "a pin where there was none",
    desired: "<cputune><iothreadpin iothread='1' cpuset='1'/></cputune>",
    actual: "<iothreads>1</iothreads>",
    want: ["add cputune/iothreadpin[1]"],
    result:
      "<iothreads>1</iothreads><iothreadids><iothread id='1'/></iothreadids><cputune><iothreadpin iothread='1' cpuset='1'/></cputune>",
  },
  {
    name: "a disk's driver, with all else in place",
    desired: "<devices><disk><driver iothread='2'/><target dev='vdb'/></disk></devices>",
    actual:
      "<devices><emulator>/q</emulator><disk type='file'><driver name='qemu' iothread='1'/><target dev='vdb' bus='virtio'/><address slot='5'/></disk></devices>",
    want: ["change devices/disk[vdb]/driver/@iothread 1 → 2"],
    result:
      "<devices><emulator>/q</emulator><disk type='file'><driver name='qemu' iothread='2'/><target dev='vdb' bus='virtio'/><address slot='5'/></disk></devices>",
  },
  {
    name: "a disk that is declared no more, whole",
    recorded: "<devices><disk><target dev='vdb'/></disk></devices>",
    desired: "",
    actual:
      "<devices><disk><target dev='vda'/></disk><disk><target dev='vdb'/><address slot='5'/></disk></devices>",
    want: ["remove devices/disk[vdb]"],
    result: "<devices><disk><target dev='vda'/></disk></devices>",
  },
  {
    name: "options of a driver that are declared no more, without those of others",
    recorded: "<devices><disk><driver cache='none'/><target dev='vdb'/></disk></devices>",
    desired: "<devices><disk><target dev='vdb'/></disk></devices>",
    actual: "<devices><disk><driver name='qemu' cache='none'/><target dev='vdb'/></disk></devices>",
    want: ["remove devices/disk[vdb]/driver/@cache"],
    result: "<devices><disk><driver name='qemu'/><target dev='vdb'/></disk></devices>",
  },
  {
    name: "a title that is declared no more, and one that somebody else wrote meanwhile",
    recorded: "<title>a</title><description>b</description>",
    desired: "",
    actual: "<title>a</title><description>theirs</description>",
    want: ["remove title"],
    result: "<description>theirs</description>",
  },
  {
    name: "a text that is declared no more in an element that is",
    recorded: "<os><nvram template='/t'>/v</nvram></os>",
    desired: "<os><nvram template='/t'/></os>",
    actual: "<os><nvram template='/t'>/v</nvram></os>",
    want: ["remove os/nvram"],
    result: "<os><nvram template='/t'/></os>",
  },
  {
    name: "an empty container that is declared no more, without what others put there",
    recorded: "<devices/>",
    desired: "",
    actual: "<devices><disk><target dev='vda'/></disk></devices>",
    want: [],
  },
  {
    name: "what libvirt puts back is left when it is declared no more",
    recorded: "<os><boot dev='hd'/></os><on_crash>destroy</on_crash><clock offset='utc'/>",
    desired: "",
    actual: "<os><boot dev='hd'/></os><clock offset='utc'/><on_crash>destroy</on_crash>",
    want: [],
  },
  {
    name: "what libvirt would put back otherwise is taken out",
    recorded: "<os><boot dev='network'/></os><clock offset='localtime'/>",
    desired: "",
    actual: "<os><boot dev='network'/></os><clock offset='localtime'/>",
    want: ["remove os/boot", "remove clock"],
    result: "<os/>",
  },
  {
    name: "white space around what is added and removed, as its neighbours have it",
    recorded: "<devices><disk><target dev='vdb'/></disk></devices>",
    desired: "<devices><disk><target dev='vdc'/></disk></devices>",
    actual:
      "\n  <devices>\n    <disk><target dev='vda'/></disk>\n    <disk><target dev='vdb'/></disk>\n  </devices>\n",
    want: ["add devices/disk[vdc]", "remove devices/disk[vdb]"],
    result:
      "\n  <devices>\n    <disk><target dev='vda'/></disk>\n    <disk><target dev='vdc'/></disk>\n  </devices>\n",
  },
];

describe("three-way merge", () => {
  for (const { name, recorded, desired, actual, want, result } of cases) {
    const domain = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);
    it(name, () => {
      const sides = { recorded: recorded === undefined ? null : domain(recorded), desired: domain(desired) };
      const { tree, diff } = mergeTrees(domainSchema, { ...sides, actual: domain(actual) });
      const told = diff.changes.map(({ kind, path, before, after }) =>
        kind === "change" ? `${kind} ${path} ${before} → ${after}` : `${kind} ${path}`,
      );
      expect(told).to.deep.equal(want);
      expect(printXml(tree)).to.equal(`<domain>${result ?? actual}</domain>`);
      expect(mergeTrees(domainSchema, { ...sides, actual: tree }).diff.changes).to.deep.equal([]);
    });
  }
});
