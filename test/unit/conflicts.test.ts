import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import type { Kind } from "../../provider/model/arguments/kinds.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { elementsAt, valueAt } from "../../provider/model/xml/read.ts";
import {
  dropDeclaration,
  noteDeclaration,
} from "../../provider/operations/declarations/otherDeclarations.ts";
import { declaredTogether } from "../../provider/operations/declarations/together.ts";
import { conflictsOf, findConflicts } from "../../provider/plan/arguments/conflicts.ts";
import { declare } from "../../provider/plan/arguments/declaration.ts";

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
      const told = conflictsOf(domainSchema, domain(typed), domain(xml)).map(
        ({ property, reason }) => `${property} ${reason}`,
      );
      expect(told).to.deep.equal(want);
    });
  }

  it("names the typed argument", () => {
    const [failure] = conflictsOf(
      domainSchema,
      domain("<vcpu>2</vcpu>"),
      domain("<vcpu>4</vcpu>"),
      () => "vcpus",
    );
    expect(failure?.property).to.equal("vcpus");
  });
});

describe("several resources on one domain", () => {
  const pin = (owner: string, thread: number, cpuset: string) => ({
    owner,
    tree: domain(`<cputune><iothreadpin iothread='${thread}' cpuset='${cpuset}'/></cputune>`),
  });

  it("live together when each owns its own", () => {
    expect(
      findConflicts(domainSchema, [pin("a", 1, "0"), pin("b", 2, "1"), pin("c", 1, "0-0")]),
    ).to.deep.equal([]);
  });

  it("are reported, both, when they disagree", () => {
    expect(findConflicts(domainSchema, [pin("a", 1, "0"), pin("b", 2, "1"), pin("c", 1, "1")])).to.deep.equal(
      [
        {
          property: "cputune/iothreadpin[1]/@cpuset",
          reason: "is 0 in a and 1 in c; declare it in one of them",
        },
      ],
    );
  });
});

describe("what the resources of a program declare of a domain together", () => {
  const host = "qemu:///system";
  const name = "together";
  const note = (kind: Kind, args: Record<string, unknown>, id: string) => {
    const all = { host, ...args };
    return noteDeclaration(kind, all, declare(kind, all), { id, name: id });
  };
  const disk = (target: string, cache: string) =>
    note(kinds.VirtioDisk, { domain: name, target, source: { file: `/${target}.raw` }, cache }, target);
  const cachesOf = () => {
    const tree = declaredTogether(connectionTo(host), name);
    return elementsAt(tree, "devices/disk").map(
      (each) => `${valueAt(each, "target/@dev")} ${valueAt(each, "driver/@cache")}`,
    );
  };

  it("holds what was added, edited and dropped since it was last asked for", () => {
    disk("vda", "none");
    note(kinds.Domain, { name, memory: "1 GiB" }, "domain");
    expect(cachesOf()).to.have.members(["vda none"]);
    const vdb = disk("vdb", "none");
    expect(cachesOf()).to.have.members(["vda none", "vdb none"]);
    disk("vda", "writeback");
    expect(cachesOf()).to.have.members(["vda writeback", "vdb none"]);
    if (vdb) dropDeclaration(vdb);
    expect(cachesOf()).to.have.members(["vda writeback"]);
    expect(valueAt(declaredTogether(connectionTo(host), name), "memory")).to.equal("1048576");
  });

  it("is not laid again when a resource says the same again", () => {
    const before = declaredTogether(connectionTo(host), name);
    const again = { host, domain: name, target: "vda", source: { file: "/vda.raw" }, cache: "writeback" };
    noteDeclaration(kinds.VirtioDisk, again, declare(kinds.VirtioDisk, again));
    expect(declaredTogether(connectionTo(host), name)).to.equal(before);
  });
});
