import { readFileSync } from "node:fs";
import { expect } from "chai";
import { flatTopology } from "../../provider/model/values/topology.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { sourceWords } from "../../provider/plan/checks/diskImages.ts";
import type { LintLevels } from "../../provider/plan/checks/lint.ts";
import { lintDomain, parseLintLevels } from "../../provider/plan/checks/lint.ts";
import { lintRows } from "../../provider/plan/checks/lintTable.ts";
import type { LintHost } from "../../provider/plan/checks/lintTypes.ts";
import type { ImageUser } from "../../provider/plan/checks/sharedImages.ts";
import { usesOf } from "../../provider/plan/checks/sharedImages.ts";
import { guestCpus } from "../../provider/plan/cpus/guestCpus.ts";
import { printLintDocs } from "../../provider/report/lintDocs.ts";
import type { LintCase } from "./lintCases.ts";
import { lintCases as casesOfOne } from "./lintCases.ts";
import { sharedImageCases } from "./sharedImageCases.ts";

const lintCases = [...casesOfOne, ...sharedImageCases];

function lintsOf(
  {
    domain,
    live,
    autostart = false,
    poolsOff = [],
    others = [],
    beside = {},
    declaredDisks,
    cpus = 8,
    libvirt = 13e6,
    qemu = 11e6,
  }: LintCase,
  levels: LintLevels = {},
) {
  const parse = (inner: string) => parseDomainXml(`<domain>${inner}</domain>`);
  const definition = parse(domain);
  const user: ImageUser = {
    name: "web",
    live: beside.live === undefined ? null : parse(beside.live),
    inactive: beside.inactive === undefined ? null : parse(beside.inactive),
    declared: (beside.declared ?? []).map(parse),
    running: null,
  };
  const host: LintHost = {
    uses: usesOf(user),
    poolsOff: new Set(poolsOff),
    libvirtVersion: libvirt,
    qemuVersion: qemu,
    topology: flatTopology(Array.from({ length: cpus }, (_, cpu) => cpu)),
    guests: others.map((other, index) => guestCpus(parse(other), `other${index}`, true)),
  };
  const looked = { name: "me", definition, live: live === undefined ? null : parse(live), autostart };
  return lintDomain(
    declaredDisks ? { ...looked, declaredDisks: new Set(declaredDisks) } : looked,
    host,
    levels,
  );
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

  it("names three guests of one image, and counts the others", () => {
    const parse = (guest: string) =>
      parseDomainXml(
        `<domain><name>${guest}</name><devices><disk><source file='/a'/><target dev='vda'/></disk></devices></domain>`,
      );
    const uses = ["a", "b", "c", "d", "e"].flatMap((name) =>
      usesOf({ name, live: parse(name), inactive: parse(name), declared: [], running: null }),
    );
    const host = { libvirtVersion: 0, qemuVersion: 0, topology: flatTopology([0]), guests: [], uses };
    const found = lintDomain({ name: "me", definition: parse("me"), live: null }, host);
    expect(found.map(({ message }) => message).join("; ")).to.match(/^[^;]*: "a", "b", "c" and 2 more$/);
  });

  it("finds the sources of a text without parsing it", () => {
    const text = `<disk><source index='1' file='/srv//a &amp; b&apos;.raw'/></disk><source dev="/dev/x"/>
      <source pool='p' volume='v'/><source protocol='rbd' name='pool/a'><source protocol='nbd'/>`;
    expect([...sourceWords(text)]).to.deep.equal(["/srv/a & b'.raw", "/dev/x", "v", "pool/a", ""]);
  });

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
