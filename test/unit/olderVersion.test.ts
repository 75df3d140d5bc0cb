import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect } from "chai";
import { compareProfiles } from "../../provider/plan/activity/compare.ts";
import type { Profile } from "../../provider/plan/activity/profile.ts";
import { parseProfile } from "../../provider/plan/activity/profile.ts";
import { printComparison } from "../../provider/report/activity/compare.ts";
import { printMarkdown } from "../../provider/report/comment/markdown.ts";
import { printJson } from "../../provider/report/json.ts";
import { makeReport } from "../../provider/report/make.ts";
import { readRecords } from "../../provider/report/readRecords.ts";
import { repository } from "../../tools/sandbox/folders.ts";

const golden = (file: string): string => readFileSync(join(repository, "test/golden", file), "utf8");

// Version 0.1.0 wrote these files: its report, its comment and its comparison are of the same plan file and
// profiles. Where a later version is to say more, name here what is new.
describe("what version 0.1.0 wrote", () => {
  const report = () => makeReport(readRecords(golden("plan-0.1.0.jsonl")));

  it("gives the same report from its plan file", () => {
    expect(JSON.parse(printJson(report()))).to.deep.equal(JSON.parse(golden("report-0.1.0.json")));
  });

  it("gives the same comment from its plan file", () => {
    expect(printMarkdown(report())).to.equal(golden("comment-0.1.0.txt"));
  });

  it("is a report by today's schema", () => {
    const schema = readFileSync(join(repository, "docs/report.schema.json"), "utf8");
    const validate = new Ajv({ strict: false }).compile(JSON.parse(schema));
    validate(JSON.parse(golden("report-0.1.0.json")));
    expect(validate.errors).to.equal(null);
  });

  it("compares its profiles as it did", () => {
    const [before, after] = ["before", "after"].map((name) => readProfile(`profile-${name}-0.1.0.json`));
    if (!before || !after) throw new Error("no profiles");
    const lines = printComparison(before, after, compareProfiles(before, after), (_, text) => text);
    expect(`${lines.join("\n")}\n`).to.equal(golden("comparison-0.1.0.txt"));
  });
});

function readProfile(file: string): Profile {
  const profile = parseProfile(golden(file));
  if ("failure" in profile) throw new Error(profile.failure);
  return profile;
}
