import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect } from "chai";
import { storageKinds } from "../../provider/model/arguments/kinds.ts";
import type { Measured } from "../../provider/plan/activity/compare.ts";
import { errorRecord, printRecord } from "../../provider/plan/record/record.ts";
import { storageRecord } from "../../provider/plan/record/storage.ts";
import type { PlanRecord } from "../../provider/plan/record/types.ts";
import { recordFormat } from "../../provider/plan/record/types.ts";
import { printMarkdown } from "../../provider/report/comment/markdown.ts";
import { findFailures, parseFailOn } from "../../provider/report/failOn.ts";
import { printJson } from "../../provider/report/json.ts";
import { makeReport } from "../../provider/report/make.ts";
import { printHtml } from "../../provider/report/page/html.ts";
import { readPreview } from "../../provider/report/preview.ts";
import { readRecords } from "../../provider/report/readRecords.ts";
import { exampleRecords } from "../../tools/exampleReport/fleet.ts";
import { hostile, resource } from "../support/records.ts";

const measured: Measured = {
  at: "2026-01-02T03:04:05.678Z",
  seconds: 10,
  rows: [
    { subject: "vda", what: "IO/s", before: 344, after: 2002, ratio: 5.82, verdict: "better" },
    { subject: "vda", what: "in flight", before: 0.4, after: 0.5, ratio: 1.25, verdict: "within the noise" },
    { subject: "IO thread 1", what: "CPU %", before: 0, after: 12, ratio: null, verdict: "more" },
  ],
  notes: ["vda: main loop before, IO thread 1 after"],
};

describe("what was measured", () => {
  const report = makeReport([resource("db", { changes: [], label: null, measured })]);
  for (const [format, text] of Object.entries({ comment: printMarkdown(report), page: printHtml(report) })) {
    it(`stands in the ${format}, with ratios, without noise`, () => {
      expect(text)
        .to.contain("2026-01-02 03:04 UTC, 10 s before and after")
        .and.to.contain("vda: IO/s 344 → 2002 ×5.82 (better)")
        .and.to.contain("IO thread 1: CPU % 0 → 12 (more)")
        .and.to.contain("vda: main loop before, IO thread 1 after")
        .and.not.to.contain("in flight");
    });
  }
});

describe("the report as a page", () => {
  it("holds hostile names and values as text", () => {
    const page = printHtml(
      makeReport([
        resource(
          hostile,
          { obstacles: [hostile], xml: { before: "", after: hostile } },
          `qemu+ssh://${hostile}/system`,
        ),
      ]),
    );
    expect(page.match(/<script(?! type="text\/plain")/g)).to.have.length(1);
    expect(page.match(/<\/script/g)).to.have.length(page.match(/<script/g)?.length ?? 0);
    expect(page).to.include("&lt;script&gt;alert(1)");
  });
  it("loads nothing", () => {
    const page = printHtml(makeReport(exampleRecords(2, 4)));
    expect(page).to.not.match(/(?:src|href)=|@import|url\((?!#)/);
    expect(page).to.include("default-src 'none'");
  });
});

describe("the report as data", () => {
  const schema = JSON.parse(readFileSync("docs/report.schema.json", "utf8")) as object;
  const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
  const fleets = {
    example: () => exampleRecords(10, 20),
    empty: () => [],
    hostile: () => [resource(hostile)],
    measured: () => [resource("db", { measured })],
    stored: () => [
      storageRecord(
        { kind: storageKinds.Volume, host: "qemu:///system", name: "images/data" },
        {
          changes: [{ kind: "change", path: "capacity", before: "1 GiB", after: "2 GiB", label: "live" }],
          obstacles: [],
        },
      ),
    ],
  };
  for (const [name, records] of Object.entries(fleets)) {
    it(`of the ${name} fleet is as docs/report.schema.json says`, () => {
      validate(JSON.parse(printJson(makeReport(records()))));
      expect(validate.errors).to.equal(null);
    });
  }
  it("of a preview too", () => {
    validate(JSON.parse(readFileSync("examples/report/report.json", "utf8")));
    expect(validate.errors).to.equal(null);
  });
  const wrong: readonly ((report: Record<string, unknown>) => object)[] = [
    ({ totals, ...rest }) => rest,
    (report) => ({ ...report, more: 1 }),
    (report) => ({ ...report, format: 2 }),
    (report) => ({ ...report, hosts: [{ host: "a" }] }),
  ];
  for (const [index, spoil] of wrong.entries()) {
    it(`refuses another shape (${index + 1})`, () => {
      expect(validate(spoil(JSON.parse(printJson(makeReport([])))))).to.equal(false);
    });
  }
});

describe("what a report is made from", () => {
  const broken = [
    {
      name: "a line that was cut off",
      text: `${printRecord(resource("a"))}{"format":1,"ki`,
      says: /^line 2 is not JSON; .*cut off/,
    },
    {
      name: "another format",
      text: '{"format":3,"kind":"host","host":"a"}',
      says: /format 3; this pulumi-virsh reads 1 to 2/,
    },
    { name: "something else", text: '{"format":1,"kind":"thing","host":"a"}', says: /no record/ },
    { name: "a value", text: "null", says: /format undefined/ },
  ];
  for (const { name, text, says } of broken) {
    it(`refuses ${name}`, () => expect(() => readRecords(text)).to.throw(says));
  }
  it("reads the plan files of 0.1.0, whose lines don't name the kind of object", () => {
    const text = readFileSync("test/golden/plan-0.1.0.jsonl", "utf8");
    const written = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as PlanRecord);
    const read = readRecords(text);
    expect(read.map(({ format }) => format)).to.deep.equal(written.map(() => recordFormat));
    for (const [index, record] of read.entries()) {
      const old = written[index];
      expect({ ...record, format: 1 }).to.deep.include(old);
      if (record.kind !== "host" && record.domain !== null)
        expect(record.object).to.deep.equal({ kind: "domain", name: record.domain });
    }
    const labels = new Set(read.flatMap((record) => (record.kind === "resource" ? [record.label] : [])));
    expect(labels).to.include.all.keys("live", "detach", "restart", "define", "start");
    expect(readRecords(read.map(printRecord).join(""))).to.deep.equal(read);
    expect(makeReport(read).totals).to.include({ hosts: 6, unreachableHosts: 1, errors: 1 });
  });
  it("takes the last of several records of one resource", () => {
    const later = resource("a", { changes: [] });
    expect(makeReport([resource("a"), later]).totals).to.include({ changes: 0, unchangedResources: 1 });
  });
  it("tells two connections to one host apart", () => {
    const hosts = [
      "qemu+ssh://root@hv1/system",
      "qemu+ssh://me@hv1/session",
      "qemu+ssh://root@hv2:2222/system",
      "qemu:///system",
    ];
    const report = makeReport(hosts.map((host) => resource("a", {}, host)));
    expect(report.hosts.map(({ name }) => name)).to.deep.equal([
      "qemu+ssh://me@hv1/session",
      "qemu+ssh://root@hv1/system",
      "hv2:2222",
      "qemu:///system",
    ]);
  });
  it("never counts an unreachable host's guests as gone or unchanged", () => {
    const { totals, hosts } = makeReport([
      errorRecord({
        host: "h",
        object: { kind: "domain", name: "a" },
        domain: "a",
        resource: { kind: "Domain", key: null },
        isUnreachable: true,
        message: "no answer",
      }),
    ]);
    expect(totals).to.include({ unreachableHosts: 1, changes: 0, unchangedResources: 0, errors: 0 });
    expect(hosts[0]).to.include({ isUnreachable: true, unknownResources: 1, cpus: null });
  });
});

describe("pulumi preview --json in a report", () => {
  const inputs = { host: "qemu+ssh://root@HV1/system", domain: "db", target: "vdb" };
  const urn = "urn:pulumi:p::s::pulumi-nodejs:virsh:VirtioDisk::data";
  const read = (steps: object[], more: object = {}) =>
    readPreview(JSON.stringify({ steps, changeSummary: { same: 3, delete: 1 }, ...more }), (host) =>
      host.toLowerCase(),
    );
  const cases = [
    {
      name: "a deletion",
      step: { op: "delete", urn, oldState: { inputs } },
      want: ["qemu+ssh://root@hv1/system", "db", "delete"],
    },
    {
      name: "a replacement",
      step: { op: "replace", urn, newState: { inputs }, replaceReasons: ["target", "__provider"] },
      want: ["qemu+ssh://root@hv1/system", "db", "replace"],
    },
    {
      name: "a creation by the plugin",
      step: { op: "create", urn: urn.replace("pulumi-nodejs:virsh:", "virsh:index:"), newState: { inputs } },
      want: ["qemu+ssh://root@hv1/system", "db", "define"],
    },
    {
      name: "a new running domain",
      step: {
        op: "create",
        urn: urn.replace("VirtioDisk", "Domain"),
        newState: { inputs: { host: "h", xml: "<domain><name>new</name></domain>", running: true } },
      },
      want: ["h", "new", "start"],
    },
    ...[
      { onDelete: "delete", label: "delete" },
      { onDelete: undefined, label: "define" },
    ].map(({ onDelete, label }) => ({
      name: `the removal of a volume whose onDelete is ${onDelete ?? "not given"}`,
      step: {
        op: "delete",
        urn: urn.replace("VirtioDisk", "Volume"),
        oldState: { inputs: { host: "h", pool: "images", name: "data", onDelete } },
      },
      want: ["h", "images/data", label],
    })),
    {
      name: "an update, which the provider records",
      step: { op: "update", urn, newState: { inputs } },
      want: null,
    },
    {
      name: "a resource of others",
      step: { op: "create", urn: "urn:pulumi:p::s::aws:s3:Bucket::b", newState: { inputs } },
      want: null,
    },
  ];
  for (const { name, step, want } of cases) {
    it(`reads ${name}`, () => {
      const records = read([step]).records.map(({ host, domain, label }) => [host, domain, label]);
      expect(records).to.deep.equal(want ? [want] : []);
    });
  }
  it("tells errors and operations, and lets the provider's records win", () => {
    const preview = read([{ op: "create", urn, newState: { inputs } }], {
      diagnostics: [
        { severity: "error", urn, message: "broken\n" },
        { severity: "warning", message: "no" },
      ],
    });
    const own = resource(
      "db",
      { resource: { kind: "VirtioDisk", key: "vdb" }, changes: [] },
      "qemu+ssh://root@hv1/system",
    );
    const report = makeReport([own], preview);
    expect(report.errors).to.deep.equal(["data: broken"]);
    expect(report.operations).to.deep.equal({ delete: 1, same: 3 });
    expect(report.totals).to.include({ changes: 0, errors: 1 });
  });
  it("keeps what is replaced where it was, and a replacement one beside what the provider says of it", () => {
    const replaced = { op: "replace", urn, replaceReasons: ["target"] };
    const old = { ...replaced, oldState: { inputs }, newState: { inputs: { ...inputs, target: "vdc" } } };
    expect(read([old]).records[0]?.resource.key).to.equal("vdb");
    expect(read([old]).records[0]?.changes[0]).to.include({ after: "VirtioDisk vdc (another target)" });
    const own = resource(
      "db",
      { resource: { kind: "VirtioDisk", key: "vdb" }, label: "live" },
      "qemu+ssh://root@hv1/system",
    );
    const { hosts } = makeReport([own], read([{ ...replaced, newState: { inputs } }]));
    expect(hosts[0]?.domains[0]?.label).to.equal("replace");
    expect(hosts[0]?.domains[0]?.changes).to.have.length(own.changes.length + 1);
  });
  it("tells a thread without an id once, by the id that the provider foresees", () => {
    const thread = urn.replace("VirtioDisk", "IoThread");
    const preview = read([{ op: "create", urn: thread, newState: { inputs } }]);
    expect(preview.records[0]?.resource.key).to.equal("(data, not known yet)");
    expect(makeReport([], preview).totals.changes).to.equal(1);
    const own = resource(
      "db",
      {
        resource: { kind: "IoThread", key: "3" },
        changes: [{ kind: "add", path: "iothreadids/iothread[3]", before: null, after: "3", label: "live" }],
      },
      "qemu+ssh://root@hv1/system",
    );
    const changes = makeReport([own], preview).hosts[0]?.domains[0]?.changes;
    expect(changes?.map(({ label }) => label)).to.deep.equal(["live"]);
  });
  it("refuses what is none", () => {
    expect(() => readPreview("[]", String)).to.throw(/no steps/);
    expect(() => readPreview("Previewing", String)).to.throw(/not JSON/);
  });
});

describe("--fail-on", () => {
  const report = makeReport(exampleRecords(10, 20));
  it("finds what the plan has", () => {
    expect(findFailures(report, parseFailOn("restart,replace,error")).join("; ")).to.match(
      /^\d+ restart changes; \d+ errors$/,
    );
    expect(findFailures(report, parseFailOn("next-boot, unreachable")).join("; ")).to.match(
      /^\d+ next boot changes; 1 unreachable host$/,
    );
    expect(findFailures(makeReport([]), parseFailOn("restart,error,warning,unreachable,live"))).to.deep.equal(
      [],
    );
  });
  it("names what there is not", () =>
    expect(() => parseFailOn("restart,reboot")).to.throw(/no "reboot"; known are delete, /));
});
