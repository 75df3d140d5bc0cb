import { expect } from "chai";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { diffDomain } from "../../provider/plan/diff.ts";

/** What libvirt makes of what was written: no change, and told when something was ignored. */
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
];

describe("what libvirt leaves out or writes otherwise", () => {
  for (const { name, desired, actual, dropped } of cases) {
    it(name, () => {
      const domain = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);
      const diff = diffDomain({ recorded: null, desired: domain(desired), actual: domain(actual) });
      expect(diff.changes.map((change) => change.path)).to.deep.equal([]);
      expect(diff.dropped.map((each) => each.rule)).to.deep.equal(dropped);
    });
  }
});
