import { expect } from "chai";
import { parseDocument, parseDomainXml, parseXml } from "../../provider/model/xml/parse.ts";
import { printDocument, printXml } from "../../provider/model/xml/print.ts";

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

  it("keeps what stands around the root, and reads line ends and white space as XML has them", () => {
    const text = "\uFEFF<?xml version='1.0'?>\r\n<!-- a --><?b c?><domain d='e\r\n\tf&#10;'/>\n<!-- g -->";
    const printed = "<?xml version='1.0'?>\n<!-- a --><?b c?><domain d='e  f&#10;'/>\n<!-- g -->";
    expect(printDocument(parseDocument(text))).to.equal(printed);
  });

  const refused = [
    { name: "an open element", text: "<domain><name></domain>", says: /line 1/ },
    {
      name: "a second root",
      text: "<domain/>\n<domain/>",
      says: /line 2, column 8: documents may contain only one root/,
    },
    { name: "another root", text: "<network/>", says: /must be <domain>/ },
    {
      name: "a document type",
      text: '<!DOCTYPE a [<!ENTITY b "c">]><domain/>',
      says: /line 1, column 30: a document type/,
    },
    {
      name: "an unknown entity",
      text: "<domain><name>&bomb;</name></domain>",
      says: /line 1, column 15, in <name>: & begins nothing that XML knows; write the character itself/,
    },
    {
      name: "a bare &, whatever comments and CDATA have of them",
      text: "<domain><!-- & --><![CDATA[&]]>\r\n<title>a & b; c</title></domain>",
      says: /line 2, column 10, in <title>: & begins nothing that XML knows; write the character itself, and & as &amp;/,
    },
    { name: "an attribute twice", text: "<domain a='' a=''/>", says: /duplicate attribute: a$/ },
    {
      name: "another element's end",
      text: "<domain>\n<a><b></a></domain>",
      says: /line 2, column 10, in <a>: unexpected close tag/,
    },
    { name: "text beside the root", text: "<domain/>a", says: /text data outside of root/ },
    {
      name: "a character that XML has not",
      text: "<domain>&#0;</domain>",
      says: /malformed character entity/,
    },
    {
      name: "deep nesting",
      text: `${"<a>".repeat(5000)}${"</a>".repeat(5000)}`,
      says: /column 771, in <a>: more than 256 elements/,
    },
    { name: "4 MiB and more", text: `<domain>${" ".repeat(4194304)}</domain>`, says: /4 MiB/ },
  ];
  for (const { name, text, says } of refused) {
    it(`refuses ${name}`, () => expect(() => parseDomainXml(text)).to.throw(says));
  }

  it("never repeats a value in what it says, which may be a password", () => {
    const text = "<domain><graphics passwd='a&geheim;b'/></domain>";
    expect(() => parseDomainXml(text)).to.throw(
      /^does not parse at line 1, column 28, in <domain>: (?!.*geheim)/,
    );
  });
});
