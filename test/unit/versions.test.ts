import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { listFeatures } from "../../provider/plan/checks/features.ts";
import { printVersions } from "../../tools/generate/versions.ts";
import { repository } from "../../tools/sandbox/folders.ts";
import { readColumns, releaseOf } from "../../tools/versions/column.ts";
import { trialsWith } from "../../tools/versions/trials.ts";

describe("what is known of versions", () => {
  const trials = trialsWith(() => "/image");
  const columns = readColumns();

  it("is of libvirt 9.0, 11.3 and 12.8", () => {
    expect(columns.map(releaseOf)).to.deep.equal(["9.0 / 7.2", "11.3 / 10.0", "12.8 / 11.1"]);
  });

  it("has a result of every trial, and a trial of every feature", () => {
    for (const { results } of columns)
      expect(Object.keys(results)).to.have.members(trials.map(({ name }) => name));
    // Polling is tried everywhere: before 9.4 it is set in the running guest without the definition.
    const tried = new Set(["pollingInXml", ...trials.map(({ feature }) => feature)]);
    expect(listFeatures(0, 0).filter(({ key }) => !tried.has(key))).to.deep.equal([]);
  });

  for (const { name, feature } of trials)
    it(`agrees with the table of features: ${name}`, () => {
      for (const { libvirt, qemu, results } of columns) {
        const found = listFeatures(libvirt, qemu).find(({ key }) => key === feature);
        const refusal = found && !found.isThere ? `refused: needs ${found.needs}` : null;
        if (refusal) expect(results[name]).to.equal(refusal);
        else expect(results[name]).not.to.match(/^refused/);
      }
    });

  it("is what docs/versions.md prints, and README names the versions", () => {
    expect(readFileSync(join(repository, "docs/versions.md"), "utf8")).to.equal(printVersions());
    const readme = readFileSync(join(repository, "README.md"), "utf8");
    for (const each of columns) expect(readme).to.contain(releaseOf(each).replace(" / ", " with QEMU "));
  });
});
