import { expect } from "chai";
import { parseDomainXml, parseXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";

describe("XML", () => {
  const texts = [
    "<domain type='kvm'><name>a &amp; b &lt;c&gt;</name></domain>",
    "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:commandline><qemu:arg value='-x'/></qemu:commandline></domain>",
    "<domain>\n  <!-- why -->\n  <description><![CDATA[a < b]]></description>\n</domain>",
    "<domain><title>one &apos;two&apos; three</title><a b='it&apos;s &#10; so'/></domain>".replaceAll(
      "&apos;two&apos;",
      "two",
    ),
  ];
  for (const text of texts) {
    it(`prints what it parsed: ${text.slice(0, 50)}`, () => expect(printXml(parseXml(text))).to.equal(text));
  }

  const refused = [
    { name: "an open element", text: "<domain><name></domain>", says: /line 1/ },
    { name: "a second root", text: "<domain/>\n<domain/>", says: /line 2, column 1: a second root/ },
    { name: "another root", text: "<network/>", says: /must be <domain>/ },
    {
      name: "a document type",
      text: '<!DOCTYPE a [<!ENTITY b "c">]><domain/>',
      says: /line 1, column 1: a document type/,
    },
    { name: "an unknown entity", text: "<domain><name>&bomb;</name></domain>", says: /&bomb;/ },
    {
      name: "deep nesting",
      text: `${"<a>".repeat(5000)}${"</a>".repeat(5000)}`,
      says: /column 769: more than 256 elements/,
    },
    { name: "4 MiB and more", text: `<domain>${" ".repeat(4194304)}</domain>`, says: /4 MiB/ },
  ];
  for (const { name, text, says } of refused) {
    it(`refuses ${name}`, () => expect(() => parseDomainXml(text)).to.throw(says));
  }
});
