import { expect } from "chai";
import type { Activity, DiskActivity } from "../../provider/plan/activity/activity.ts";
import { compareProfiles, type Verdict } from "../../provider/plan/activity/compare.ts";
import { latencyBoundariesNs, percentileUs, sumHistograms } from "../../provider/plan/activity/histogram.ts";
import {
  type DiskProfile,
  type Profile,
  parseProfile,
  profileOf,
} from "../../provider/plan/activity/profile.ts";
import { printComparison } from "../../provider/report/activity/compare.ts";

const disk = (changes: Partial<DiskProfile> = {}): DiskProfile => ({
  target: "vda",
  ioThreads: [],
  requestsPerSecond: [900, 1000, 1100, 950, 1050],
  bytesPerSecond: [],
  meanUs: [800, 810, 790, 805, 795],
  inFlight: [0.8, 0.8, 0.8, 0.8, 0.8],
  ...changes,
});
const profile = (changes: Partial<Profile> = {}): Profile => ({
  kind: "pulumi-virsh profile",
  version: 1,
  host: "qemu:///system",
  domain: "db",
  begun: "2026-01-01T00:00:00.000Z",
  seconds: 60,
  windows: 5,
  disks: [disk()],
  threads: [],
  notes: [],
  ...changes,
});

describe("comparing profiles", () => {
  const times = (values: readonly number[], factor: number): number[] =>
    values.map((value) => value * factor);
  const cases: readonly {
    name: string;
    after: Partial<DiskProfile>;
    what: string;
    ratio: number;
    verdict: Verdict;
  }[] = [
    { name: "itself", after: {}, what: "IO/s", ratio: 1, verdict: "within the noise" },
    {
      name: "more requests",
      after: { requestsPerSecond: times(disk().requestsPerSecond, 4) },
      what: "IO/s",
      ratio: 4,
      verdict: "better",
    },
    {
      name: "fewer requests",
      after: { requestsPerSecond: times(disk().requestsPerSecond, 0.5) },
      what: "IO/s",
      ratio: 0.5,
      verdict: "worse",
    },
    {
      name: "a little more, as much as the windows vary",
      after: { requestsPerSecond: times(disk().requestsPerSecond, 1.08) },
      what: "IO/s",
      ratio: 1.08,
      verdict: "within the noise",
    },
    {
      name: "the same little, where the windows do not vary",
      after: { meanUs: times(disk().meanUs, 1.08) },
      what: "mean µs",
      ratio: 1.08,
      verdict: "worse",
    },
    {
      name: "shorter",
      after: { meanUs: [200, 210, 190, 205, 195] },
      what: "mean µs",
      ratio: 0.25,
      verdict: "better",
    },
    {
      name: "in flight",
      after: { inFlight: [9, 9, 9, 9, 9] },
      what: "in flight",
      ratio: 11.25,
      verdict: "more",
    },
    {
      name: "one window",
      after: { meanUs: [200] },
      what: "mean µs",
      ratio: 0.25,
      verdict: "too few windows",
    },
  ];
  for (const { name, after, what, ratio, verdict } of cases) {
    it(`${name} is ${verdict}`, () => {
      const { rows } = compareProfiles(profile(), profile({ disks: [disk(after)] }));
      const row = rows.find((each) => each.what === what);
      expect(row?.verdict).to.equal(verdict);
      expect(row?.ratio).to.be.closeTo(ratio, 1e-9);
    });
  }

  it("mirrors: better one way is worse the other way", () => {
    const faster = profile({ disks: [disk({ meanUs: [200, 210, 190, 205, 195] })] });
    const verdict = (a: Profile, b: Profile) =>
      compareProfiles(a, b).rows.find(({ what }) => what === "mean µs")?.verdict;
    expect([verdict(profile(), faster), verdict(faster, profile())]).to.deep.equal(["better", "worse"]);
  });

  it("has no ratio to nothing, and says what is not in both", () => {
    const idle = disk({ requestsPerSecond: [0, 0, 0, 0, 0], meanUs: [] });
    const other = profile({ domain: "web", disks: [disk({ ioThreads: [1] }), disk({ target: "vdb" })] });
    const { rows, notes } = compareProfiles(profile({ disks: [idle] }), other);
    expect(rows.map(({ what, ratio }) => [what, ratio])).to.deep.equal([
      ["IO/s", null],
      ["in flight", 1],
    ]);
    expect(notes).to.deep.equal([
      "different domains: db and web",
      "vda: main loop before, IO thread 1 after",
      "vdb: only after",
    ]);
  });

  it("compares percentiles by bins: the neighbouring one is noise", () => {
    const counted = (bin: number) => ({
      boundariesNs: latencyBoundariesNs,
      bins: latencyBoundariesNs.map((_, index) => (index === bin ? 100 : 0)).concat(0),
    });
    const verdicts = (bin: number) =>
      compareProfiles(
        profile({ disks: [disk({ latencies: counted(20) })] }),
        profile({ disks: [disk({ latencies: counted(bin) })] }),
      )
        .rows.filter(({ what }) => what.startsWith("p"))
        .map(({ what, verdict }) => `${what}: ${verdict}`);
    expect(verdicts(21)[0]).to.equal("p50 µs: within the noise");
    expect(verdicts(12)).to.deep.equal(["p50 µs: better", "p90 µs: better", "p99 µs: better"]);
  });

  it("prints a line for each figure", () => {
    const lines = printComparison(
      profile(),
      profile(),
      compareProfiles(profile(), profile()),
      (_, text) => text,
    );
    expect(lines).to.deep.equal([
      "before: db on qemu:///system, 2026-01-01T00:00:00.000Z, 60 s in 5 windows",
      "after : db on qemu:///system, 2026-01-01T00:00:00.000Z, 60 s in 5 windows",
      "SUBJECT  WHAT       BEFORE  AFTER  RATIO  VERDICT",
      "vda      IO/s         1000   1000  ×1.00  within the noise",
      "vda      mean µs       800    800  ×1.00  within the noise",
      "vda      in flight     0.8    0.8  ×1.00  within the noise",
    ]);
  });
});

describe("profiles", () => {
  const seen = (target: string, ioThreads: readonly number[] = []): DiskActivity => ({
    target,
    ioThreads,
    readsPerSecond: 10,
    writesPerSecond: 5,
    flushesPerSecond: 1,
    bytesPerSecond: 0,
    meanUs: target === "idle" ? null : 100,
    inFlight: 0,
  });
  const window = (...disks: readonly DiskActivity[]): Activity => ({
    seconds: 5,
    missing: ["no threads"],
    domains: [{ name: "db", threads: [], disks, findings: [] }],
  });
  const about = { host: "h", domain: "db", begun: "now", notes: [], latencies: new Map() };

  it("hold a figure for each window, and none where there was no request", () => {
    const made = profileOf(about, [window(seen("vda"), seen("idle")), window(seen("vda"), seen("idle"))]);
    expect(made).to.deep.include({ seconds: 10, windows: 2, notes: ["no threads"] });
    expect(made.disks.map(({ requestsPerSecond, meanUs }) => [requestsPerSecond, meanUs])).to.deep.equal([
      [
        [16, 16],
        [100, 100],
      ],
      [[16, 16], []],
    ]);
    expect(parseProfile(JSON.stringify(made))).to.deep.equal(made);
  });

  it("leave out a disk that came meanwhile, and note one that moved", () => {
    const made = profileOf(about, [window(seen("vda")), window(seen("vda", [1]), seen("vdb"))]);
    expect(made.disks.map(({ target, ioThreads }) => [target, ioThreads])).to.deep.equal([["vda", [1]]]);
    expect(made.notes).to.deep.equal([
      "no threads",
      "vda changed its IO thread",
      "vdb was not there all the time: left out",
    ]);
  });

  const bad = [
    { text: "{", says: /is not JSON/ },
    { text: "null", says: /is not a profile/ },
    { text: '{"kind":"pulumi-virsh profile","version":2}', says: /version 2/ },
    { text: '{"kind":"pulumi-virsh profile","version":1,"disks":[]}', says: /is not whole/ },
  ];
  for (const { text, says } of bad) {
    it(`${text} is none`, () => {
      const result = parseProfile(text);
      expect("failure" in result ? result.failure : "accepted").to.match(says);
    });
  }
});

describe("latency histograms", () => {
  const histogram = { boundariesNs: [1000, 2000, 4000], bins: [50, 40, 9, 1] };

  it("give percentiles by the upper boundary of their bin", () => {
    expect([50, 90, 99].map((percent) => percentileUs(histogram, percent))).to.deep.equal([1, 2, 4]);
  });

  it("give none beyond the last boundary, and none without requests", () => {
    expect(percentileUs(histogram, 99.5)).to.equal(null);
    expect(percentileUs({ ...histogram, bins: [0, 0, 0, 0] }, 50)).to.equal(null);
  });

  it("are summed up bin by bin", () => {
    expect(sumHistograms([histogram, histogram])?.bins).to.deep.equal([100, 80, 18, 2]);
    expect(sumHistograms([])).to.equal(null);
  });

  it("have ascending boundaries from 1 µs to 4 s", () => {
    expect(latencyBoundariesNs.at(0)).to.equal(1000);
    expect(latencyBoundariesNs.at(-1)).to.be.within(4e9, 4.5e9);
    expect(
      [...latencyBoundariesNs].every((value, index) => value > (latencyBoundariesNs[index - 1] ?? 0)),
    ).to.equal(true);
  });
});
