import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";

const domain = (devices: string) =>
  parseDomainXml(`<domain><name>g</name><devices>${devices}</devices></domain>`);
const port = (index?: number, model = "pcie-root-port") =>
  `<controller type='pci'${index === undefined ? "" : ` index='${index}'`} model='${model}'/>`;
const ports = (...indexes: number[]) => indexes.map((index) => port(index)).join("");
const root = "<controller type='pci' index='0' model='pcie-root'/>";
const mouse = "<input type='mouse' bus='usb'/>";
const usb = (index: string) =>
  ["ich9-ehci1", "ich9-uhci1"].map((model) => `<controller type='usb'${index} model='${model}'/>`).join("");

/**
 * Elements without any distinguishing mark. Each case merges once, and again with the same record, as after a
 * failure.
 */
const cases: readonly {
  name: string;
  recorded: string;
  desired: string;
  actual: string;
  want: string;
}[] = [
  {
    name: "one root port less, where libvirt has added one",
    recorded: root + port() + port() + port(),
    desired: root + port() + port(),
    actual: root + ports(1, 2, 3, 4),
    want: root + ports(1, 2, 4),
  },
  {
    name: "one root port less, where there are only those that were declared",
    recorded: root + port() + port(),
    desired: root + port(),
    actual: root + ports(1, 2),
    want: root + ports(1),
  },
  {
    name: "no root port any more",
    recorded: root + port() + port(),
    desired: root,
    actual: root + ports(1, 2, 3),
    want: root + ports(3),
  },
  {
    name: "another model for one of them",
    recorded: root + port() + port(),
    desired: root + port(undefined, "pcie-switch-upstream-port") + port(),
    actual: root + ports(1, 2, 3),
    want: root + port(1, "pcie-switch-upstream-port") + ports(2, 3),
  },
  {
    name: "a controller that libvirt numbered after somebody else's",
    recorded: "<controller type='scsi' model='virtio-scsi'/>",
    desired: "",
    actual:
      "<controller type='scsi' index='0' model='lsilogic'/><controller type='scsi' index='1' model='virtio-scsi'/>",
    want: "<controller type='scsi' index='0' model='lsilogic'/>",
  },
  {
    name: "USB companions, which share an index",
    recorded: usb(""),
    desired: "<controller type='usb' model='ich9-ehci1'/>",
    actual: usb(" index='0'"),
    want: "<controller type='usb' index='0' model='ich9-ehci1'/>",
  },
  {
    name: "a device that somebody else has too: which one was declared is not known",
    recorded: mouse,
    desired: "",
    actual: mouse + mouse,
    want: mouse + mouse,
  },
  {
    name: "a device that was edited to what somebody else has too",
    recorded: mouse,
    desired: "<input type='tablet' bus='usb'/>",
    actual: `${mouse}<input type='tablet' bus='usb'/>`,
    want: "<input type='tablet' bus='usb'/>",
  },
];

describe("elements that nothing tells apart", () => {
  for (const { name, recorded, desired, actual, want } of cases) {
    it(name, () => {
      const sides = { recorded: domain(recorded), desired: domain(desired) };
      const once = mergeTrees(domainSchema, { ...sides, actual: domain(actual) });
      expect(printXml(once.tree)).to.equal(printXml(domain(want)));
      const twice = mergeTrees(domainSchema, { ...sides, actual: once.tree });
      expect(twice.diff.changes.map(({ kind, path }) => `${kind} ${path}`)).to.deep.equal([]);
      expect(printXml(twice.tree)).to.equal(printXml(domain(want)));
    });
  }
});
