import { expect } from "chai";
import fc from "fast-check";
import * as ts from "typescript";
import { parseHostUri } from "../../provider/host/connection/uri.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { checkSettings } from "../../provider/model/arguments/provider.ts";
import { objects } from "../../provider/model/objects.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import { checkResource } from "../../provider/operations/check.ts";
import { replacedArguments } from "../../provider/operations/replaced.ts";
import { noStorage } from "../../provider/plan/adopt/adopted.ts";
import { adoptGuest } from "../../provider/plan/adopt/guest.ts";
import { adoptedArguments } from "../../provider/plan/arguments/adopted.ts";
import { declare } from "../../provider/plan/arguments/declaration.ts";
import { editedArguments } from "../../provider/plan/arguments/edits.ts";
import { originsOf } from "../../provider/plan/arguments/origins.ts";
import { parseLintLevels } from "../../provider/plan/checks/lint.ts";
import { guestCpus } from "../../provider/plan/cpus/guestCpus.ts";
import { planDomain } from "../../provider/plan/plan.ts";
import { planRecord, printRecord } from "../../provider/plan/record/record.ts";
import { printMarkdown } from "../../provider/report/comment/markdown.ts";
import { printJson } from "../../provider/report/json.ts";
import { makeReport } from "../../provider/report/make.ts";
import { printHtml } from "../../provider/report/page/html.ts";
import { printProgram } from "../../provider/report/program/program.ts";
import { readRecords } from "../../provider/report/readRecords.ts";

/** Property names that every JavaScript object has. */
const names = [
  ...["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf", "isPrototypeOf"],
  ...["toLocaleString", "propertyIsEnumerable", "__defineGetter__", "__lookupSetter__"],
];
const host = "qemu+ssh://root@hv1/system";

/** A domain with the name in every place where others may choose a name. */
const xmlOf = (name: string, value: string) => `<domain type='kvm'><name>${name}</name><title>${name}</title>
<metadata><x:${name} xmlns:x='urn:${name}' ${name}='${value}'><${name}>${value}</${name}></x:${name}></metadata>
<memory>1024</memory><${name} ${name}='${value}'><${name}>${value}</${name}></${name}><vcpu>1</vcpu>
<iothreadids><iothread id='${name}'/></iothreadids><cputune><iothreadpin iothread='${name}' cpuset='${name}'/></cputune>
<os><type machine='${name}'>hvm</type></os><cpu mode='${name}'><feature name='${name}' policy='${name}'/></cpu>
<devices><${name} type='${name}'/><disk type='${name}' ${name}='${value}'><target dev='${name}' bus='${name}'/><${name}>${value}</${name}></disk>
<console type='${name}'><source ${name}='${value}'/></console><interface type='${name}'><${name}/></interface></devices></domain>`;

describe("names of JavaScript's own", () => {
  for (const name of names) {
    it(`${name}: as element, attribute, value, domain: parsed, printed, merged, planned, recorded, reported`, () => {
      const text = xmlOf(name, "1");
      const tree = parseDomainXml(text);
      expect(printXml(parseDomainXml(printXml(tree)))).to.equal(printXml(tree));
      expect(printXml(tree).split(name).length).to.equal(text.split(name).length);
      const facts = { libvirtVersion: 9e6, qemuVersion: 7e6, onlineCpus: [0, 1] };
      const situation = { ...facts, inactive: tree, live: null };
      expect(planDomain(tree, tree, situation).changes).to.deep.equal([]);
      const desired = parseDomainXml(xmlOf(name, "2"));
      const plan = planDomain(tree, desired, situation);
      expect(plan.changes.length).to.be.above(0);
      expect(printXml(plan.define ?? tree)).to.contain(`<${name} ${name}='2'>`);
      expect(guestCpus(tree, name, false).name).to.equal(name);
      const record = planRecord({
        object: objects.domain,
        ...{ host, virshUri: "qemu:///system", domain: name, situation, plan, lints: [] },
        resource: { kind: name, key: name },
        extra: { changes: [], steps: [] },
      });
      const records = readRecords(printRecord(record));
      const report = makeReport(records, null);
      for (const printed of [printMarkdown(report), printHtml(report), printJson(report)])
        expect(printed).to.contain(name);
    });

    it(`${name}: as an argument, at any depth: refused by its name`, () => {
      // JSON makes an own property of `__proto__`; an assignment would not.
      const given = JSON.parse(
        `{"host":"${host}","name":"g","${name}":1,"disks":[{"target":"vda","${name}":1}]}`,
      );
      const failures = checkResource(kinds.Domain, given).map(({ property }) => property);
      expect(failures).to.include.members([name, `disks[0].${name}`]);
      expect(checkSettings(JSON.parse(`{"${name}":1}`)).map(({ property }) => property)).to.deep.equal([
        name,
      ]);
      expect(parseLintLevels(`{"${name}":"off"}`).failures).to.have.length(1);
      expect(parseLintLevels(`{"L1":"${name}"}`).failures).to.have.length(1);
    });

    it(`${name}: as a domain, a disk's target and the words of other arguments`, () => {
      const args = { host, name, title: name, disks: [{ target: name, source: { file: `/${name}` } }] };
      expect(checkResource(kinds.Domain, args).map(({ property }) => property)).not.to.include("name");
      const tree = declare(kinds.Domain, args);
      expect(adoptedArguments(kinds.Domain, tree, null)).to.include({ name, title: name });
      const edited = { ...args, title: `${name}2` };
      expect(editedArguments(kinds.Domain, args, edited).map(({ property }) => property)).to.deep.equal([
        "title",
      ]);
      expect(replacedArguments(kinds.Domain, args, edited)).to.deep.equal([]);
      expect(originsOf(kinds.Domain, args).some(({ property }) => property === "title")).to.equal(true);
      expect(parseHostUri(name)).to.have.property("failure");
    });
  }
});

describe("an adopted program of guests with such names", () => {
  const guests = names.map((name) =>
    adoptGuest(
      { name, isPersistent: true, autostart: false, managedSave: false, state: "shut off" },
      { inactive: parseDomainXml(xmlOf(name, "1")), live: null, libvirtVersion: 9e6, onlineCpus: [0, 1] },
    ),
  );
  const files = printProgram([{ uri: host, guests, left: [], storage: noStorage }], {
    ...{ project: "guests", dependency: "^0.1.0", printWords: (text: string) => text },
  });

  it("is TypeScript without errors, and names each guest", () => {
    const sources = [...files].filter(([file]) => file.endsWith(".ts")).map(([, text]) => text);
    for (const source of sources)
      expect(ts.transpileModule(source, { reportDiagnostics: true }).diagnostics, source).to.deep.equal([]);
    for (const name of names) expect(sources.join("\n")).to.contain(`"${name}"`);
  });
});

describe("arguments of any kind", () => {
  const anyJson = fc.jsonValue({ maxDepth: 4 });
  const odd = fc.constantFrom(
    null,
    1e308,
    -1,
    0.5,
    "",
    "1e308",
    "\ud800",
    [],
    {},
    [null],
    [[]],
    true,
    Number.MAX_SAFE_INTEGER + 1,
  );
  for (const kind of Object.values(kinds))
    it(`${kind.name}: a check returns, whatever is given`, () => {
      const fieldNames = Object.keys(kind.fields);
      const value = fc.oneof(
        anyJson,
        odd,
        fc.dictionary(fc.constantFrom(...fieldNames, "file", "type", "id", ...names), fc.oneof(odd, anyJson)),
      );
      const given = fc.dictionary(
        fc.oneof(fc.constantFrom(...fieldNames), fc.constantFrom(...names), fc.string()),
        fc.oneof(value, fc.array(value, { maxLength: 3 })),
      );
      const law = fc.property(given, (args) => {
        const { host: at, ...rest } = args;
        for (const each of [
          args,
          { ...rest, host, ...(kind.name === "Domain" ? { name: "g" } : { domain: "g" }) },
        ])
          expect(checkResource(kind, each)).to.be.an("array");
      });
      fc.assert(law, { numRuns: 400 });
    }).timeout(60_000);

  for (const memory of [
    1e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    0,
    0.5,
    2 ** 53,
    "1e308",
    "99999999999999999999 GiB",
    "-1 GiB",
    null,
  ])
    it(`memory: ${memory} is no size`, () => {
      const found = checkResource(kinds.Domain, { host, name: "g", memory });
      expect(found.map(({ property }) => property)).to.deep.equal(memory === null ? [] : ["memory"]);
    });
  it("memory: the most that libvirt takes is a size", () => {
    expect(checkResource(kinds.Domain, { host, name: "g", memory: 2 ** 53 - 1 })).to.deep.equal([]);
  });
});
