import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { diffTrees } from "../../provider/plan/diff.ts";

/** Places where the order of elements has a meaning, and places where it has none. */
const cases: readonly {
  name: string;
  recorded?: string;
  desired: string;
  actual: string;
  want: readonly string[];
}[] = [
  {
    name: "boot devices are tried in order",
    desired: "<os><boot dev='hd'/><boot dev='network'/></os>",
    actual: "<os><boot dev='network'/><boot dev='hd'/></os>",
    want: ["change os/boot/@dev", "change os/boot[1]/@dev"],
  },
  {
    name: "arguments of QEMU stand in order",
    desired: "<qemu:commandline><qemu:arg value='-b'/><qemu:arg value='-a'/></qemu:commandline>",
    actual: "<qemu:commandline><qemu:arg value='-a'/><qemu:arg value='-b'/></qemu:commandline>",
    want: ["change qemu:commandline/qemu:arg/@value", "change qemu:commandline/qemu:arg[1]/@value"],
  },
  {
    name: "one argument less is one removal",
    recorded:
      "<qemu:commandline><qemu:arg value='-a'/><qemu:arg value='-b'/><qemu:arg value='-c'/></qemu:commandline>",
    desired: "<qemu:commandline><qemu:arg value='-a'/><qemu:arg value='-c'/></qemu:commandline>",
    actual:
      "<qemu:commandline><qemu:arg value='-a'/><qemu:arg value='-b'/><qemu:arg value='-c'/></qemu:commandline>",
    want: ["remove qemu:commandline/qemu:arg[1]"],
  },
  {
    name: "an environment has no order",
    desired: "<qemu:commandline><qemu:env name='B'/><qemu:env name='A'/></qemu:commandline>",
    actual: "<qemu:commandline><qemu:env name='A'/><qemu:env name='B'/></qemu:commandline>",
    want: [],
  },
  {
    name: "host devices without an address are put on their bus in order",
    desired:
      "<devices><hostdev type='scsi'><source><adapter name='b'/></source></hostdev><hostdev type='scsi'><source><adapter name='a'/></source></hostdev></devices>",
    actual:
      "<devices><hostdev type='scsi'><source><adapter name='a'/></source><address unit='0'/></hostdev><hostdev type='scsi'><source><adapter name='b'/></source><address unit='1'/></hostdev></devices>",
    want: ["change devices/hostdev/source/adapter/@name", "change devices/hostdev[1]/source/adapter/@name"],
  },
  {
    name: "with an address each, they are where they say",
    desired:
      "<devices><hostdev type='scsi'><source><adapter name='b'/></source><address unit='1'/></hostdev><hostdev type='scsi'><source><adapter name='a'/></source><address unit='0'/></hostdev></devices>",
    actual:
      "<devices><hostdev type='scsi'><source><adapter name='a'/></source><address unit='0'/></hostdev><hostdev type='scsi'><source><adapter name='b'/></source><address unit='1'/></hostdev></devices>",
    want: [],
  },
  ...["disk><target dev='vda'/", "controller type='scsi' index='0'"].flatMap((device) => {
    const mapping = (...threads: string[]) => {
      const name = device.replace(/[ >].*$/, "");
      return `<devices><${device}><driver><iothreads>${threads.join("")}</iothreads></driver></${name}></devices>`;
    };
    const path = device.startsWith("disk") ? "devices/disk[vda]" : "devices/controller[scsi 0]";
    const thread = (id: number, queue?: number) =>
      `<iothread id='${id}'>${queue === undefined ? "" : `<queue id='${queue}'/>`}</iothread>`;
    return [
      {
        name: `${path}: threads of a mapping without queues are dealt out in order`,
        desired: mapping(thread(3), thread(2)),
        actual: mapping(thread(2), thread(3)),
        want: [3, 2].map((id) => `change ${path}/driver/iothreads/iothread[${id}]/@id`),
      },
      {
        name: `${path}: with queues each thread is what its queues say`,
        desired: mapping(thread(3, 0), thread(2, 1)),
        actual: mapping(thread(2, 1), thread(3, 0)),
        want: [],
      },
      {
        name: `${path}: an empty mapping is none`,
        desired: mapping(),
        actual: mapping().replace("<iothreads></iothreads>", ""),
        want: [],
      },
    ];
  }),
  {
    name: "disks are told apart by their target",
    desired: "<devices><disk><target dev='vdb'/></disk><disk><target dev='vda'/></disk></devices>",
    actual: "<devices><disk><target dev='vda'/></disk><disk><target dev='vdb'/></disk></devices>",
    want: [],
  },
  {
    name: "an interface is the one with its MAC address, however that is written",
    desired:
      "<devices><interface type='bridge'><mac address='52:54:0:0:0:B'/><source bridge='x'/></interface></devices>",
    actual:
      "<devices><interface type='bridge'><mac address='52:54:00:00:00:0a'/><source bridge='a'/></interface><interface type='bridge'><mac address='52:54:00:00:00:0b'/><source bridge='b'/></interface></devices>",
    want: ["change devices/interface[52:54:00:00:00:0b]/source/@bridge"],
  },
  {
    name: "a device that nobody declared is not taken for another one",
    recorded: "<devices/>",
    desired: "<devices><sound model='ac97'/></devices>",
    actual: "<devices><sound model='ich6'/></devices>",
    want: ["add devices/sound"],
  },
  {
    name: "a device declared otherwise than before is changed",
    recorded: "<devices><sound model='ich6'/></devices>",
    desired: "<devices><sound model='ac97'/></devices>",
    actual: "<devices><sound model='ich6'/></devices>",
    want: ["change devices/sound/@model"],
  },
];

describe("identity and order", () => {
  for (const { name, recorded, desired, actual, want } of cases) {
    it(name, () => {
      const domain = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);
      const sides = { recorded: recorded === undefined ? null : domain(recorded), desired: domain(desired) };
      const { changes } = diffTrees(domainSchema, { ...sides, actual: domain(actual) });
      expect(changes.map(({ kind, path }) => `${kind} ${path}`)).to.deep.equal(want);
    });
  }
});
