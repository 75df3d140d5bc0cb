import { readFileSync } from "node:fs";
import { expect } from "chai";
import { flatTopology } from "../../provider/model/values/topology.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import type { LintLevels } from "../../provider/plan/checks/lint.ts";
import { lintDomain, parseLintLevels } from "../../provider/plan/checks/lint.ts";
import type { LintHost } from "../../provider/plan/checks/lintTable.ts";
import { lintRows } from "../../provider/plan/checks/lintTable.ts";
import { guestCpus } from "../../provider/plan/cpus/guestCpus.ts";
import { printLintDocs } from "../../provider/report/lintDocs.ts";
import type { LintCase } from "./lintCases.ts";
import { lintCases } from "./lintCases.ts";

function lintsOf(
  { domain, live, others = [], cpus = 8, libvirt = 13e6, qemu = 11e6 }: LintCase,
  levels: LintLevels = {},
) {
  const parse = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);
  const definition = parse(domain);
  const host: LintHost = {
    libvirtVersion: libvirt,
    qemuVersion: qemu,
    topology: flatTopology(Array.from({ length: cpus }, (_, cpu) => cpu)),
    guests: others.map((other, index) => guestCpus(parse(other), `other${index}`, true)),
  };
  return lintDomain({ name: "me", definition, live: live === undefined ? null : parse(live) }, host, levels);
}

describe("lints", () => {
  for (const each of lintCases) {
    it(`${each.id} ${each.want ? "finds" : "passes over"} ${each.name}`, () => {
      const found = lintsOf(each).filter(({ id }) => id === each.id);
      if (each.want === null) expect(found).to.deep.equal([]);
      else expect(found.map(({ message }) => message).join("; ")).to.match(each.want);
    });
  }

  for (const { id } of lintRows) {
    it(`${id} has a case that fires and one that does not`, () => {
      const own = lintCases.filter((each) => each.id === id).map(({ want }) => want !== null);
      expect(own).to.include.members([true, false]);
    });
  }

  it("can be raised and silenced by id", () => {
    const [fires] = lintCases.filter(({ id, want }) => id === "L10" && want);
    if (!fires) throw new Error("no case");
    expect(lintsOf(fires).map(({ id, level }) => [id, level])).to.deep.equal([["L10", "info"]]);
    expect(lintsOf(fires, { L10: "error" }).map(({ level }) => level)).to.deep.equal(["error"]);
    expect(lintsOf(fires, { L10: "off" })).to.deep.equal([]);
  });

  const settings = [
    { text: "", levels: {}, says: null },
    { text: '{"L4":"off","L10":"warning"}', levels: { L4: "off", L10: "warning" }, says: null },
    { text: '{"L99":"off"}', levels: {}, says: /no lint L99; known are L1, / },
    { text: '{"L1":"loud"}', levels: {}, says: /L1 can't be "loud"; levels are off, / },
    { text: "L4=off", levels: {}, says: /JSON object/ },
    { text: "[]", levels: {}, says: /JSON object/ },
  ];
  for (const { text, levels, says } of settings) {
    it(`reads the setting ${JSON.stringify(text)}`, () => {
      const read = parseLintLevels(text);
      expect(read.levels).to.deep.equal(levels);
      if (says) expect(read.failures.join()).to.match(says);
      else expect(read.failures).to.deep.equal([]);
    });
  }

  it("are all in docs/lints.md", () => {
    expect(readFileSync("docs/lints.md", "utf8")).to.equal(printLintDocs());
    for (const { id, reason, remedy } of lintRows)
      expect(printLintDocs()).to.include(`## ${id}`).and.include(reason).and.include(remedy);
  });
});
