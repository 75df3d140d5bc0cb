import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { planDomain } from "../../provider/plan/plan.ts";
import { recordChange } from "../../provider/plan/record/change.ts";
import { foldChanges } from "../../provider/plan/record/fold.ts";
import { lineOf, wordsOf } from "../../provider/plan/record/words.ts";

const parse = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);

interface Case {
  readonly name: string;
  readonly recorded?: string;
  readonly desired: string;
  readonly inactive: string;
  /** Omitted when the guest does not run. */
  readonly live?: string;
  readonly libvirt?: number;
  readonly want: readonly string[];
}

const vdh = (inner = "") =>
  `<devices><disk type='file' device='disk'><driver name='qemu' type='raw' cache='none' iothread='8'/><source file='/srv/log.raw'/>${inner}<target dev='vdh' bus='virtio'/><address type='pci' domain='0x0000' bus='0x07' slot='0x00' function='0x0'/></disk></devices>`;
const disk = (threads: string) =>
  `<devices><disk><driver queues='3'><iothreads>${threads}</iothreads></driver><target dev='vdb'/></disk></devices>`;
const rng = "<devices><rng model='virtio'><backend model='random'>/dev/urandom</backend></rng></devices>";
const vnc = "<devices><graphics type='vnc' passwd='hush-hush' port='5901'/></devices>";
const long = "<description>one\n  two</description>";
const sides = (inner: string) => ({ inactive: inner, live: inner });

const cases: readonly Case[] = [
  {
    name: "memory in one unit on both sides",
    desired: "<memory unit='MiB'>256</memory>",
    ...sides("<memory unit='KiB'>131072</memory>"),
    want: ["memory 128 MiB → 256 MiB (next boot)"],
  },
  {
    name: "the unit that says both exactly",
    desired: "<memory unit='GiB'>1</memory>",
    inactive: "<memory unit='KiB'>1310720</memory>",
    want: ["memory 1280 MiB → 1024 MiB (define)"],
  },
  {
    name: "a size that is no whole MiB",
    desired: "<memory>65000</memory>",
    inactive: "<memory unit='KiB'>65536</memory>",
    want: ["memory 65536 KiB → 65000 KiB (define)"],
  },
  {
    name: "sizes of devices, in attributes and where there was none",
    desired:
      "<memtune><hard_limit unit='G'>2</hard_limit></memtune><cpu><numa><cell id='0' cpus='0' memory='64' unit='MiB'/></numa></cpu><devices><shmem name='s'><size unit='M'>8</size></shmem></devices>",
    inactive:
      "<cpu><numa><cell id='0' cpus='0' memory='131072' unit='KiB'/></numa></cpu><devices><shmem name='s'><size unit='M'>4</size></shmem></devices>",
    want: [
      "memtune/hard_limit absent → 2 GiB (define)",
      "cpu/numa/cell[0]/@memory 128 MiB → 64 MiB (define)",
      "devices/shmem[s]/size 4 MiB → 8 MiB (define)",
    ],
  },
  {
    name: "a device that leaves",
    recorded: vdh("<alias name='ua-log'/>"),
    desired: "",
    inactive: vdh("<alias name='ua-log'/>"),
    want: ["disk vdh (virtio, /srv/log.raw, IO thread 8, cache none) → removed (define)"],
  },
  {
    name: "a device of a kind without words of its own",
    desired: rng,
    inactive: "",
    want: ["rng (virtio, random, /dev/urandom) → added (define)"],
  },
  {
    name: "no secret of a device",
    desired: vnc,
    inactive: "",
    want: ["graphics vnc (vnc, [secret], 5901) → added (define)"],
  },
  {
    name: "a small element, as XML",
    desired: "<cputune><iothreadpin iothread='1' cpuset='0'/></cputune><iothreads>1</iothreads>",
    inactive: "<iothreads>1</iothreads>",
    want: ["cputune/iothreadpin[1] absent → <iothreadpin iothread='1' cpuset='0'/> (define)"],
  },
  {
    name: "a text of several lines, in one",
    desired: long,
    inactive: "<description>old</description>",
    want: ["description old → one two (define)"],
  },
  {
    name: "one line for both sides",
    desired: "<title>new</title>",
    ...sides("<title>old</title>"),
    want: ["title old → new (live)"],
  },
  {
    name: "one line for a pin that only the definition has, with another value",
    desired: "<iothreads>1</iothreads><cputune><iothreadpin iothread='1' cpuset='1'/></cputune>",
    inactive: "<iothreads>1</iothreads><cputune><iothreadpin iothread='1' cpuset='0'/></cputune>",
    live: "<iothreads>1</iothreads>",
    want: ["cputune/iothreadpin[1] absent → <iothreadpin iothread='1' cpuset='1'/> (live)"],
  },
  {
    name: "the threads of a mapping, by the device that they leave",
    recorded: disk("<iothread id='2'/><iothread id='3'/>"),
    desired: disk("<iothread id='2'/>"),
    inactive: disk(
      "<iothread id='2'/><iothread id='3'><queue id='0'/><queue id='1'/><queue id='2'/><queue id='3'/></iothread>",
    ),
    want: ["IO thread 3 of the mapping of disk vdb → removed (define)"],
  },
  {
    name: "a disk with the threads that it is mapped to",
    desired: disk("<iothread id='2'/><iothread id='3'/><iothread id='5'/>"),
    inactive: "",
    want: ["disk vdb (IO threads 2, 3 and 5, queues 3) → added (define)"],
  },
  {
    name: "one line for polling that only the running guest tells",
    desired: "<iothreadids><iothread id='1'><poll max='9'/></iothread></iothreadids>",
    inactive: "<iothreads>1</iothreads>",
    live: "<iothreads>1</iothreads><iothreadids><iothread id='1'><poll max='5' grow='0' shrink='0'/></iothread></iothreadids>",
    libvirt: 10_000_000,
    want: ["iothreadids/iothread[1]/poll/@max 5 → 9 (live)"],
  },
];

describe("a change in one line", () => {
  for (const { name, recorded, desired, inactive, live, libvirt = 9_000_000, want } of cases) {
    it(name, () => {
      const situation = {
        inactive: parse(inactive),
        live: live === undefined ? null : parse(live),
        libvirtVersion: libvirt,
        onlineCpus: [0, 1],
      };
      const plan = planDomain(recorded === undefined ? null : parse(recorded), parse(desired), situation);
      const lines = foldChanges(plan.changes).map(
        ({ change, label }) => `${lineOf(recordChange(domainSchema, change, label))} (${label})`,
      );
      expect(lines).to.deep.equal(want);
    });
  }

  it("reads the bare KiB of plan files that the first release wrote", () => {
    const { before, after } = wordsOf({ kind: "change", path: "memory", before: "131072", after: "1048576" });
    expect([before, after]).to.deep.equal(["128 MiB", "1024 MiB"]);
  });
});
