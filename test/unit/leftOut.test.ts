import { expect } from "chai";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { rememberedIn } from "../../provider/operations/remembered.ts";
import { ignoredBy, stillIgnored, withoutIgnored } from "../../provider/plan/checks/causes.ts";
import { planDomain } from "../../provider/plan/plan.ts";

const domain = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);

describe("what libvirt took and left out", () => {
  const situation = { inactive: domain("<a/>"), live: null, libvirtVersion: 9_000_000, onlineCpus: [0] };
  const declared = domain("<a x='1' y='2'/><b/>");
  const plan = planDomain(null, declared, situation);
  const known = ignoredBy(9_000_000, plan.changes);

  it("is remembered by its place, its value and libvirt's version", () => {
    expect(known).to.deep.equal([
      { path: "a/@x", value: "1", libvirt: "9.0.0" },
      { path: "a/@y", value: "2", libvirt: "9.0.0" },
      { path: "b", value: "<b/>", libvirt: "9.0.0" },
    ]);
    const state = { ignoredByLibvirt: [...known, null, { path: 7 }], restartDidNotBring: "none" };
    expect(rememberedIn(state)).to.include({ uuid: undefined, isOurs: false });
    expect(rememberedIn(state)).to.deep.include({ tried: [], ignored: known });
  });

  it("is no change as long as all three are the same", () => {
    const still = stillIgnored(plan, known, 9_000_000);
    expect(planDomain(null, withoutIgnored(declared, still), situation).changes).to.deep.equal([]);
    expect(stillIgnored(plan, known, 9_001_000)).to.deep.equal([]);
    const edited = planDomain(null, domain("<a x='1' y='3'/><b/>"), situation);
    expect(stillIgnored(edited, known, 9_000_000).map(({ change }) => change.path)).to.deep.equal([
      "a/@x",
      "b",
    ]);
  });

  it("is a change where it is there with another value", () => {
    const drifted = planDomain(null, declared, { ...situation, inactive: domain("<a x='5' y='2'/><b/>") });
    expect(stillIgnored(drifted, known, 9_000_000)).to.deep.equal([]);
  });
});
