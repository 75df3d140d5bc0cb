import { expect } from "chai";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import { judgeGate } from "../../provider/plan/activity/gate.ts";
import { latencyBoundariesNs } from "../../provider/plan/activity/histogram.ts";
import type { Profile } from "../../provider/plan/activity/profile.ts";
import { planPutBack, tuningOf } from "../../provider/plan/cpus/tuning.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";

/** Makes a profile of one disk. `p50` is the bin of the histogram that holds all its requests. */
function profile(meanUs: readonly number[], p50?: number): Profile {
  const bins = latencyBoundariesNs.map((_, bin) => (bin === p50 ? 1000 : 0));
  const latencies = p50 === undefined ? {} : { latencies: { boundariesNs: latencyBoundariesNs, bins } };
  const rates = { requestsPerSecond: meanUs, bytesPerSecond: meanUs, inFlight: meanUs };
  return {
    kind: "pulumi-virsh profile",
    version: 1,
    host: "qemu:///system",
    domain: "a",
    begun: "2026-01-01T00:00:00Z",
    seconds: 6,
    windows: meanUs.length,
    disks: [{ target: "vda", ioThreads: [1], meanUs, ...rates, ...latencies }],
    threads: [],
    notes: [],
  };
}

describe("a gate", () => {
  const steady = [100, 101, 99, 100, 102, 98];
  const slow = steady.map((us) => us * 2);
  const cases = [
    { name: "within the limit", after: steady.map((us) => us * 1.1), max: 1.2, fails: [] },
    { name: "better", after: steady.map((us) => us / 2), max: 1, fails: [] },
    {
      name: "above the limit",
      after: slow,
      max: 1.5,
      fails: ["vda: mean µs 100 → 200, × 2.00, above × 1.5"],
    },
    {
      name: "above it by what the windows differ among themselves",
      after: [90, 400, 95, 380, 92, 120],
      max: 1.05,
      fails: [],
    },
    { name: "too few windows to tell", after: [200, 200], max: 1.5, fails: [] },
    { name: "no requests", after: [], max: 1.5, fails: [] },
  ] as const;
  for (const { name, after, max, fails } of cases)
    it(`${name}`, () => {
      const limits = { maxMeanRatio: max, maxP50Ratio: null };
      const { failures, notes } = judgeGate(profile(steady), profile(after), limits);
      expect(failures).to.deep.equal(fails);
      expect(failures.length + notes.length).to.equal(1);
    });

  it("holds a median to its limit where there are histograms, and says where there are none", () => {
    const limits = { maxMeanRatio: null, maxP50Ratio: 1.5 };
    expect(judgeGate(profile(steady, 20), profile(steady, 30), limits).failures[0]).to.match(
      /^vda: p50 µs 32 → 181, × 5\.66, above × 1\.5$/,
    );
    expect(judgeGate(profile(steady, 20), profile(steady, 20), limits).failures).to.deep.equal([]);
    expect(judgeGate(profile(steady), profile(steady), limits).notes).to.deep.equal([
      "vda: no p50 µs in both profiles, not judged",
    ]);
  });
});

describe("what a gate puts back", () => {
  const domain = (threads: string, pins: string) =>
    parseDomainXml(
      `<domain><iothreads>${threads.split("<poll").length - 1}</iothreads><iothreadids>${threads}</iothreadids><cputune>${pins}</cputune></domain>`,
    );
  const thread = (id: number, max: number) => `<iothread id='${id}'><poll max='${max}' grow='2'/></iothread>`;
  const pin = (id: number, cpus: string) => `<iothreadpin iothread='${id}' cpuset='${cpus}'/>`;
  const before = domain(
    thread(1, 32768) + thread(2, 32768),
    `<vcpupin vcpu='0' cpuset='0'/><emulatorpin cpuset='1'/>${pin(1, "2")}`,
  );
  const after = domain(
    thread(1, 0) + thread(2, 32768) + thread(3, 8000),
    `<vcpupin vcpu='0' cpuset='3'/><emulatorpin cpuset='1'/>${pin(1, "4")}${pin(2, "5")}${pin(3, "6")}`,
  );

  it("is each pin and poll that differs, of threads that were there before; others stay", () => {
    const { recorded, desired, lines } = planPutBack(tuningOf(before), tuningOf(after));
    expect(lines).to.deep.equal([
      "vcpupin 0: 3 → 0",
      "iothreadpin 1: 4 → 2",
      "iothreadpin 2: 5 → none",
      "poll max of iothread 1: 0 → 32768",
    ]);
    const { tree } = mergeTrees(domainSchema, { recorded, desired, actual: after });
    expect(printXml(tree)).to.equal(
      printXml(
        domain(
          thread(1, 32768) + thread(2, 32768) + thread(3, 8000),
          `<vcpupin vcpu='0' cpuset='0'/><emulatorpin cpuset='1'/>${pin(1, "2")}${pin(3, "6")}`,
        ),
      ),
    );
  });

  it("is nothing when nothing changed", () =>
    expect(planPutBack(tuningOf(before), tuningOf(before)).lines).to.deep.equal([]));
});
