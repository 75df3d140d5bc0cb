import { readFileSync } from "node:fs";
import { expect } from "chai";
import { labelRows } from "../../provider/plan/live/labels.ts";
import { errorRecord } from "../../provider/plan/record/record.ts";
import type { PlanRecord } from "../../provider/plan/record/types.ts";
import { commentLimit, printMarkdown } from "../../provider/report/comment/markdown.ts";
import { makeReport } from "../../provider/report/make.ts";
import { generatedFiles } from "../../tools/exampleReport/files.ts";
import { exampleRecords } from "../../tools/exampleReport/fleet.ts";
import { hostile, resource } from "../support/records.ts";

const size = (text: string) => Buffer.byteLength(text);

describe("the example", () => {
  for (const [name, text] of Object.entries(generatedFiles())) {
    it(`${name} is what the command makes`, () => {
      expect(readFileSync(name, "utf8") === text, "run: npm run generate:report").to.equal(true);
    });
  }
  it("has changes of each label, an unreachable host and lints", () => {
    const { totals } = makeReport(exampleRecords(10, 20));
    for (const label of ["restart", "shutdown", "detach", "next boot", "start", "live", "define"] as const)
      expect(totals.changesByLabel[label], label).to.be.greaterThan(0);
    expect(totals).to.include({ hosts: 10, unreachableHosts: 1 });
    expect(totals.lints.warning).to.be.greaterThan(5);
  });
});

describe("the labels", () => {
  it("are all in docs/report.md, with what they mean", () => {
    const lines = readFileSync("docs/report.md", "utf8")
      .split("\n")
      .map((line) => line.replace(/ +/g, " "));
    expect(lines).to.include.members(labelRows.map(({ label, meaning }) => `| ${label} | ${meaning} |`));
  });
});

/** A guest whose changes no other guest has. */
const unlike = (name: string, index: number) =>
  resource(name, {
    changes: [
      { kind: "change", path: "vcpu", before: String(index), after: String(index + 1), label: "live" },
    ],
  });

describe("the report as Markdown", () => {
  const fleets: readonly { name: string; records: () => PlanRecord[]; leavesOut: boolean }[] = [
    { name: "no records", records: () => [], leavesOut: false },
    { name: "10 hosts with 20 guests", records: () => exampleRecords(10, 20), leavesOut: false },
    { name: "30 hosts with 30 guests", records: () => exampleRecords(30, 30), leavesOut: false },
    {
      name: "5000 hosts that do not answer",
      records: () =>
        Array.from({ length: 5000 }, (_, index) =>
          errorRecord({
            host: `qemu+ssh://root@hv${index}/system`,
            object: null,
            domain: null,
            resource: null,
            isUnreachable: true,
            message: "no answer ".repeat(50),
          }),
        ),
      leavesOut: false,
    },
    {
      name: "values of a megabyte, in four-byte characters",
      records: () =>
        Array.from({ length: 60 }, (_, index) =>
          resource(`${"😀".repeat(2000)}${index}`, {
            obstacles: ["💥".repeat(100_000)],
            changes: Array.from({ length: 60 }, () => ({
              kind: "change" as const,
              path: `a/${"😀".repeat(999)}`,
              before: "💥".repeat(10_000),
              after: hostile,
              label: "restart" as const,
            })),
            xml: { before: "a\n".repeat(300), after: "💥".repeat(50_000) },
          }),
        ),
      leavesOut: true,
    },
  ];
  for (const { name, records, leavesOut } of fleets) {
    it(`stays below ${commentLimit} bytes with ${name}`, () => {
      const report = makeReport(records());
      const text = printMarkdown(report);
      expect(size(text)).to.be.lessThan(commentLimit);
      expect(text.includes("**Left out for size:**")).to.equal(leavesOut);
    });
  }

  it("counts all guests that it left out", () => {
    const many = Array.from({ length: 3000 }, (_, index) => unlike(`guest-${index}`, index));
    const report = makeReport([...exampleRecords(10, 20), ...many]);
    const text = printMarkdown(report);
    const [, guests, changes] = /Left out for size:\*\* (\d+) guests? with (\d+) changes?/.exec(text) ?? [];
    const shown = text.match(/^\*\*`[^`]+`\*\* · /gm) ?? [];
    const lines = text.match(/^- .* \*\([a-z ]+\)\*$/gm) ?? [];
    // The report shows shared changes once. The lines between title and names count for each guest named.
    const shared = [...text.matchAll(/^\*\*(\d+) guests\*\* · .*\n((?:- .*\n)*)/gm)].map(
      ([, count, list = ""]) => ({ count: Number(count), changes: list.trim().split("\n").length }),
    );
    const more = (of: (each: (typeof shared)[number]) => number) =>
      shared.reduce((sum, each) => sum + of(each), 0);
    expect(shown.length + more(({ count }) => count) + Number(guests)).to.equal(report.totals.guests);
    expect(lines.length + more(({ count, changes: own }) => (count - 1) * own) + Number(changes)).to.equal(
      report.totals.changes,
    );
  });

  it("tells 60 guests that change alike on one screen, once with all their names", () => {
    const names = Array.from({ length: 60 }, (_, index) => `web-${index}`);
    const records = names.map((name, index) =>
      resource(name, { xml: { before: "<a/>", after: "<b/>" } }, `qemu+ssh://root@hv${index % 3}/system`),
    );
    const text = printMarkdown(makeReport(records));
    const shown = text
      .replace(/<details>[\s\S]*?<\/details>/g, "")
      .trim()
      .split(/\n+/);
    expect(shown.length).to.be.lessThan(20);
    for (const name of names) expect(text).to.contain(`\`${name}\``);
    expect(text.match(/vCPUs: `1` → `2` \*\(live\)\*/g)).to.have.length(1);
    expect(text).to.contain("**60 guests** · live");
    expect(text.match(/```diff/g)).to.have.length(1);
  });

  it("keeps apart what can't be done, what changes otherwise, and pairs", () => {
    const text = printMarkdown(
      makeReport([
        ...["a", "b", "c"].map((name) => resource(name)),
        resource("d", { obstacles: ["no room"] }),
        unlike("e", 7),
        unlike("f", 7),
      ]),
    );
    expect(text).to.contain("**3 guests** · live");
    for (const name of ["d", "e", "f"]) expect(text).to.contain(`**\`${name}\`** · live`);
  });

  it("tells what is true of a host once for it", () => {
    const lint = { id: "L5", level: "warning", path: "", message: "9 IO threads", remedy: "less" } as const;
    const own = { ...lint, id: "L1", path: "iothreadids/iothread[1]", message: "unused" } as const;
    const records = ["a", "b", "c"].map((name) => resource(name, { lints: [lint, own] }));
    const { totals } = makeReport(records);
    expect(totals.lints.warning).to.equal(1 + 3);
    expect(printMarkdown(makeReport(records)).match(/9 IO threads/g)).to.have.length(1);
  });

  it("keeps the dearest when room is short", () => {
    const cheap = Array.from({ length: 2000 }, (_, index) => unlike(`a${index}`, index));
    const dear = resource("zz", {
      label: "restart",
      changes: [{ kind: "change", path: "vcpu", before: "1", after: "2", label: "restart" }],
    });
    expect(printMarkdown(makeReport([...cheap, dear]))).to.match(/\*\*`zz`\*\* · restart/);
  });

  it("is the same whatever the order of the records", () => {
    const records = exampleRecords(10, 20);
    const text = printMarkdown(makeReport(records));
    expect(printMarkdown(makeReport(records.toReversed()))).to.equal(text);
    expect(printMarkdown(makeReport([...records, ...records]))).to.equal(text);
  });

  it("begins with a marker, with a name where one is given", () => {
    const report = makeReport([]);
    expect(printMarkdown(report).split("\n")[0]).to.equal("<!-- pulumi-virsh report -->");
    expect(printMarkdown(report, "prod/eu --> x").split("\n")[0]).to.equal(
      "<!-- pulumi-virsh report: prod/eu --_ x -->",
    );
  });

  it("interprets nothing of names and values", () => {
    const text = printMarkdown(
      makeReport([
        resource(hostile, {
          changes: [{ kind: "change", path: hostile, before: hostile, after: hostile, label: "live" }],
          obstacles: [hostile],
        }),
      ]),
    );
    const outside = text
      .split("\n")
      .filter((line) => !/^(<!-- pulumi|<details>|<\/details>)/.test(line))
      .join("\n")
      .replace(/(`+)[^`](?:.*?[^`])??\1(?!`)/g, "");
    expect(outside).to.not.match(/[<>@]|javascript/);
    expect(text.match(/<\/details>/g)?.length).to.be.greaterThan(text.match(/^<\/details>$/gm)?.length ?? 0);
  });
});
