import { expect } from "chai";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { conflictsOf, findRivals } from "../../provider/plan/arguments/conflicts.ts";

const domain = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);

describe("typed arguments beside xml", () => {
  const cases: readonly { name: string; typed: string; xml: string; want: readonly string[] }[] = [
    { name: "different places", typed: "<vcpu>2</vcpu>", xml: "<memory>1024</memory>", want: [] },
    {
      name: "the same in other words",
      typed: "<memory unit='MiB'>1</memory><os><type machine='q35'>hvm</type></os>",
      xml: "<memory>1024</memory><os><type machine='pc-q35-7.2'>hvm</type></os>",
      want: [],
    },
    {
      name: "another text",
      typed: "<vcpu>2</vcpu>",
      xml: "<vcpu>4</vcpu>",
      want: ["vcpu is 2, and vcpu in xml is 4; keep one of them"],
    },
    {
      name: "an attribute beside a typed text",
      typed: "<vcpu>2</vcpu>",
      xml: "<vcpu placement='auto'/>",
      want: [],
    },
    {
      name: "another attribute of the same disk, not of another one",
      typed: "<devices><disk><driver cache='none'/><target dev='vdb'/></disk></devices>",
      xml: "<devices><disk><driver cache='default'/><target dev='vdb'/></disk><disk><driver cache='unsafe'/><target dev='vdc'/></disk></devices>",
      want: [
        "devices/disk[vdb]/driver/@cache is none, and devices/disk[vdb]/driver/@cache in xml is default; keep one of them",
      ],
    },
  ];
  for (const { name, typed, xml, want } of cases) {
    it(name, () => {
      const told = conflictsOf(domain(typed), domain(xml)).map(
        ({ property, reason }) => `${property} ${reason}`,
      );
      expect(told).to.deep.equal(want);
    });
  }

  it("names the typed argument", () => {
    const [failure] = conflictsOf(domain("<vcpu>2</vcpu>"), domain("<vcpu>4</vcpu>"), () => "vcpus");
    expect(failure?.property).to.equal("vcpus");
  });
});

describe("several resources on one domain", () => {
  const pin = (owner: string, thread: number, cpuset: string) => ({
    owner,
    tree: domain(`<cputune><iothreadpin iothread='${thread}' cpuset='${cpuset}'/></cputune>`),
  });

  it("live together when each owns its own", () => {
    expect(findRivals([pin("a", 1, "0"), pin("b", 2, "1"), pin("c", 1, "0-0")])).to.deep.equal([]);
  });

  it("are reported, both, when they disagree", () => {
    expect(findRivals([pin("a", 1, "0"), pin("b", 2, "1"), pin("c", 1, "1")])).to.deep.equal([
      {
        property: "cputune/iothreadpin[1]/@cpuset",
        reason: "is 0 in a and 1 in c; declare it in one of them",
      },
    ]);
  });
});
