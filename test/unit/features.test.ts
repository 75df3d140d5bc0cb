import { expect } from "chai";
import { functions } from "../../provider/model/arguments/functions.ts";
import { listFeatures } from "../../provider/plan/checks/features.ts";

describe("features of a host's versions", () => {
  const features = functions.getHost.outputs.features?.type;
  const fields = Object.entries(features?.kind === "object" ? features.fields : {});

  it("are those that getHost answers", () => {
    const names = listFeatures(0, 0).map(({ key }) => key);
    expect(fields.map(([name]) => name)).to.deep.equal(names);
  });

  for (const [name, { description }] of fields)
    it(`${name} is described with the versions that decide it`, () => {
      const { needs } = listFeatures(0, 0).find(({ key }) => key === name) ?? { needs: "" };
      const short = needs.replaceAll(/(\w+) (\d+\.\d+)\.0/g, "$1 ≥ $2");
      expect(description.endsWith(`: ${short}.`), `${description} ${short}`).to.equal(true);
    });

  it("are there from those versions on", () => {
    const there = (libvirt: number, qemu: number) =>
      listFeatures(libvirt, qemu).flatMap(({ key, isThere }) => (isThere ? [key] : []));
    expect(there(8_004_999, 11e6)).to.deep.equal([]);
    expect(there(8_005_000, 7_000_999)).to.deep.equal([]);
    expect(there(8_005_000, 7_001_000)).to.deep.equal(["threadPool"]);
    expect(there(9_004_000, 8e6)).to.deep.equal(["threadPool", "pollingInXml"]);
    expect(there(12_007_000, 10e6)).to.have.length(fields.length);
  });
});
