import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { diffTrees } from "../../provider/plan/diff.ts";

const nic = (type: string, source: string) =>
  `<devices><interface type='${type}'><mac address='52:54:00:00:00:01'/><source ${source}/></interface></devices>`;
const westmere = (policy: string, more: string) =>
  `<cpu ${more}><model fallback='forbid'>Westmere</model><feature policy='${policy}' name='vmx'/></cpu>`;
const polling = (values: string) =>
  `<iothreads>1</iothreads><iothreadids><iothread id='1'><poll ${values}/></iothread></iothreadids>`;
const live = "mode='custom' match='exact' check='full'";

/** Declarations, and the same settings as `dumpxml` prints them for the running guest. */
const cases: readonly {
  name: string;
  desired: string;
  actual: string;
  /** Default: unknown. */
  qemu?: number;
  want?: readonly string[];
}[] = [
  {
    name: "the host's CPU model, expanded",
    desired: "<cpu mode='host-model' check='partial'><model fallback='allow'/></cpu>",
    actual: westmere("require", live),
  },
  {
    name: "a CPU model that is checked once it runs",
    desired:
      "<cpu mode='custom' match='exact' check='partial'><model fallback='allow'>Westmere</model></cpu>",
    actual: westmere("require", live),
  },
  {
    name: "at least a CPU model",
    desired: "<cpu match='minimum'><model>Penryn</model></cpu>",
    actual: westmere("require", live),
  },
  {
    name: "a feature that may be missing, and is",
    desired: westmere("optional", "mode='custom'"),
    actual: westmere("disable", live),
  },
  {
    name: "an interface whose network is a bridge",
    desired: nic("network", "network='n'"),
    actual: nic("bridge", "network='n' portid='5' bridge='br0'"),
  },
  {
    name: "an interface whose network gives devices of the host",
    desired: nic("network", "network='n' portgroup='p'"),
    actual: nic("hostdev", "dev='0'"),
  },
  {
    name: "an automatic port",
    desired: "<devices><graphics type='spice' port='-1' tlsPort='-1' autoport='yes'/></devices>",
    actual: "<devices><graphics type='spice' port='5900' tlsPort='5901' autoport='yes'/></devices>",
  },
  {
    name: "a drive without a medium",
    desired: "<devices><disk device='cdrom'><driver type='raw'/><target dev='sda'/></disk></devices>",
    actual: "<devices><disk device='cdrom'><driver name='qemu'/><target dev='sda'/></disk></devices>",
  },
  {
    name: "what an earlier dump of it said",
    desired:
      "<devices><disk><source file='/x' index='1'/><target dev='vda'/><alias name='virtio-disk0'/></disk><serial type='pty'><source path='/dev/pts/1'/></serial></devices>",
    actual:
      "<devices><disk><source file='/x' index='2'/><target dev='vda'/><alias name='virtio-disk1'/></disk><serial type='pty'><source path='/dev/pts/7'/></serial></devices>",
  },
  {
    name: "another network",
    desired: nic("network", "network='m'"),
    actual: nic("bridge", "network='n' bridge='br0'"),
    want: [
      "change devices/interface[52:54:00:00:00:01]/@type",
      "change devices/interface[52:54:00:00:00:01]/source/@network",
    ],
  },
  {
    name: "another CPU model",
    desired: "<cpu mode='custom'><model>Haswell</model></cpu>",
    actual: westmere("require", live),
    want: ["change cpu/model"],
  },
  {
    name: "QEMU's defaults of polling, which 11.1 tells by their values",
    desired: polling("max='9' grow='0' shrink='0' weight='0'"),
    actual: polling("max='9' grow='2' shrink='2' weight='3'"),
    qemu: 11_001_000,
  },
  {
    name: "polling that is not QEMU's default",
    desired: polling("grow='0' shrink='0' weight='0'"),
    actual: polling("max='9' grow='3' shrink='4' weight='2'"),
    qemu: 11_001_000,
    want: ["grow", "shrink", "weight"].map((name) => `change iothreadids/iothread[1]/poll/@${name}`),
  },
  {
    name: "polling set to what is the default of a later QEMU",
    desired: polling("shrink='0'"),
    actual: polling("max='9' grow='2' shrink='2'"),
    qemu: 10_000_000,
    want: ["change iothreadids/iothread[1]/poll/@shrink"],
  },
  {
    name: "no polling at all, which 0 means of its longest time",
    desired: polling("max='0'"),
    actual: polling("max='2' grow='2' shrink='2'"),
    qemu: 11_001_000,
    want: ["change iothreadids/iothread[1]/poll/@max"],
  },
  {
    name: "a feature that the guest is to have and has not",
    desired: westmere("require", "mode='custom'"),
    actual: westmere("disable", live),
    want: ["change cpu/feature[vmx]/@policy"],
  },
];

describe("a running guest", () => {
  for (const { name, desired, actual, qemu, want = [] } of cases) {
    const diff = (id: string) =>
      diffTrees(domainSchema, {
        recorded: null,
        desired: parseDomainXml(`<domain>${desired}</domain>`),
        actual: parseDomainXml(`<domain${id}>${actual}</domain>`),
        qemuVersion: qemu,
      }).changes.map(({ kind, path }) => `${kind} ${path}`);

    it(`${want.length === 0 ? "holds" : "differs"}: ${name}`, () => {
      expect(diff(" id='7'")).to.deep.equal(want);
    });

    if (want.length > 0) continue;
    it(`but a definition does not: ${name}`, () => expect(diff("")).not.to.deep.equal([]));
  }
});
