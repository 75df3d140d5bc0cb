import { expect } from "chai";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { secretArguments } from "../../provider/model/arguments/secrets.ts";
import { secretRows } from "../../provider/model/elements/domain/secrets.ts";
import { objects } from "../../provider/model/objects.ts";
import { parseDomainXml } from "../../provider/model/xml/parse.ts";
import { checkResource } from "../../provider/operations/check.ts";
import type { PlannedLook } from "../../provider/operations/look.ts";
import { printLines } from "../../provider/operations/previewLines.ts";
import { safeFailures } from "../../provider/operations/safeText.ts";
import { noStorage } from "../../provider/plan/adopt/adopted.ts";
import { adoptGuest } from "../../provider/plan/adopt/guest.ts";
import { planDomain } from "../../provider/plan/plan.ts";
import { newDomainRecord, planRecord, printRecord } from "../../provider/plan/record/record.ts";
import type { PlanRecord } from "../../provider/plan/record/types.ts";
import type { DomainFacts } from "../../provider/plan/situation/facts.ts";
import { printMarkdown } from "../../provider/report/comment/markdown.ts";
import { printJson } from "../../provider/report/json.ts";
import { makeReport } from "../../provider/report/make.ts";
import { printHtml } from "../../provider/report/page/html.ts";
import { printProgram } from "../../provider/report/program/program.ts";
import { otherSecret, secret, secretPlaces } from "../support/secretPlaces.ts";

const leak = /hush-password/;
const base = (xml: string) =>
  `<domain type='kvm' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>db</name><memory>65536</memory>${xml}</domain>`;
const named = { object: objects.domain, host: "qemu:///system", virshUri: "qemu:///system", domain: "db" };
const resource = { kind: "Domain", key: null } as const;

/**
 * Returns all outputs of one change: the line of the plan file, the reports, and the lines of the preview.
 */
function outputsOf(before: string, after: string): string[] {
  const there = parseDomainXml(base(before));
  const situation = { inactive: there, live: there, libvirtVersion: 10_000_000, onlineCpus: [0] };
  const plan = planDomain(null, parseDomainXml(base(after)), situation);
  const args = { host: named.host, name: "db", xml: base(after) };
  const domain = { name: "db", persistent: true, managedSave: false, state: "running" } as DomainFacts;
  const look = { kind: kinds.Domain, args, plan, runState: [] } as unknown as PlannedLook;
  return [
    ...printedOf(planRecord({ ...named, resource, situation, plan, lints: [] })),
    ...printLines(look, domain, {}),
  ];
}

function printedOf(record: PlanRecord): string[] {
  const report = makeReport([record]);
  return [printRecord(record), printMarkdown(report), printHtml(report), printJson(report)];
}

/** Returns the program that `adopt` writes for a guest. */
function programOf(xml: string): string {
  const known = { name: "db", isPersistent: true, autostart: false, managedSave: false, state: "running" };
  const guest = adoptGuest(known, {
    inactive: parseDomainXml(base(xml)),
    live: null,
    libvirtVersion: 9_000_000,
    onlineCpus: [0],
  });
  const settings = { project: "guests", dependency: "^0.1.0", printWords: (host: string) => host };
  return [
    ...printProgram([{ uri: named.host, guests: [guest], left: [], storage: noStorage }], settings).values(),
  ].join("");
}

describe("a secret at each place of a domain's XML", () => {
  for (const { place, attributes = [], text } of secretRows)
    it(`has a case: ${place}`, () => {
      const cases = secretPlaces.filter((each) => each.place === place).map(({ attribute }) => attribute);
      expect(cases).to.include.members(attributes.filter((name) => name !== "*"));
      if (attributes.includes("*")) expect(cases.some((name) => name !== null)).to.equal(true);
      if (text) expect(cases).to.include(null);
    });

  for (const { place, attribute, xml } of secretPlaces)
    it(`comes out nowhere: ${place ?? "a telling name or text"}, ${attribute ?? "text"} of ${xml.slice(0, 80)}`, () => {
      const other = xml.replaceAll(secret, otherSecret);
      const isReference = secretRows.some((row) => row.place === place && row.isReference);
      const definition = parseDomainXml(base(xml));
      const texts = [
        ...outputsOf("", xml),
        ...outputsOf(other, xml),
        ...outputsOf(xml, ""),
        ...printedOf(newDomainRecord({ ...named, resource, lints: [], definition, starts: true })),
        ...(isReference ? [] : [programOf(xml)]),
      ];
      for (const text of texts) expect(text).not.to.match(leak);
      expect(texts.join("\n")).to.contain("[secret]");
      // The state stores it encrypted.
      expect(secretArguments(kinds.Domain, { xml: base(xml) })).to.deep.equal(["xml"]);
      const broken = { host: named.host, name: "db", xml: base(xml).replace("</domain>", "</domian>") };
      const failures = safeFailures(checkResource(kinds.Domain, broken), broken);
      expect(failures).to.have.length.greaterThan(0);
      for (const { reason } of failures) expect(reason).not.to.match(leak);
    });
});
