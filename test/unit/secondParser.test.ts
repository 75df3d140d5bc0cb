import { expect } from "chai";
import fc from "fast-check";
import { parseXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import type { XmlElement } from "../../provider/model/xml/tree.ts";
import { parseSecond, plainTree } from "../../tools/corpus/secondParser.ts";

const name = fc.constantFrom("domain", "devices", "disk", "qemu:arg", "a-b", "x.y", "vcpu");
const text = fc
  .string({ unit: "binary" })
  .map((raw) => raw.replace(/[^\t\n\u0020-\uD7FF\uE000-\uFFFD]/g, ""))
  .filter((each) => each !== "");
const attributes = fc.uniqueArray(fc.record({ name, value: text }), {
  maxLength: 3,
  selector: (each) => each.name,
});
/** Trees without adjacent texts, which would be printed as one. */
const element = fc.letrec<{ element: XmlElement }>((tie) => ({
  element: fc.record({
    kind: fc.constant("element" as const),
    name,
    attributes,
    children: fc.oneof(
      { maxDepth: 4 },
      text.map((each) => [{ kind: "text" as const, text: each }]),
      fc.array(tie("element"), { maxLength: 3 }),
    ),
  }),
})).element;

describe("the second parser", () => {
  it("finds the same tree in every text that the product prints", () => {
    fc.assert(
      fc.property(element, (tree) => {
        const printed = printXml(tree);
        expect(parseSecond(printed)).to.deep.equal(plainTree(parseXml(printed)));
      }),
      { numRuns: 500 },
    );
  });

  const texts = [
    "<domain type='kvm'><name>a &amp; b &lt;c&gt; &#65;&#x42;</name></domain>",
    "<domain>\n  <!-- why -->\n  <description><![CDATA[a < b]]> c</description>\n</domain>",
    "<domain a='it&apos;s &#10; so'><b/>text<c></c></domain>",
  ];
  for (const each of texts)
    it(`agrees on ${each.slice(0, 40)}`, () =>
      expect(parseSecond(each)).to.deep.equal(plainTree(parseXml(each))));
});
