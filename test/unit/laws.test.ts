import { expect } from "chai";
import fc from "fast-check";
import { domainSchema } from "../../provider/model/elements/domain/schema.ts";
import { parseDomainXml, parseXml } from "../../provider/model/xml/parse.ts";
import { printXml } from "../../provider/model/xml/print.ts";
import { childrenOf } from "../../provider/model/xml/read.ts";
import type { XmlElement, XmlNode } from "../../provider/model/xml/tree.ts";
import { diffTrees } from "../../provider/plan/diff.ts";
import { mergeTrees } from "../../provider/plan/merge/merge.ts";

const one = (...texts: string[]) => fc.constantFrom(...texts);
const some = (choices: fc.Arbitrary<string>, key: (text: string) => string) =>
  fc.uniqueArray(choices, { maxLength: 4, selector: key });
const number = (max: number) => fc.integer({ min: 0, max });

const disk = fc
  .tuple(number(5), one("none", "writeback"), number(3))
  .map(
    ([i, cache, thread]) =>
      `<disk type='file'><driver name='qemu' cache='${cache}'${thread ? ` iothread='${thread}'` : ""}/><source file='/${i}'/><target dev='vd${i}' bus='virtio'/></disk>`,
  );
const nic = number(5).map(
  (i) =>
    `<interface type='network'><mac address='52:54:00:00:00:0${i}'/><source network='n${i}'/></interface>`,
);
const serial = one("pty", "null", "stdio").map(
  (type) => `<serial type='${type}'><log file='/${type}'/></serial>`,
);
const pin = fc
  .tuple(number(5), number(7))
  .map(([thread, cpu]) => `<iothreadpin iothread='${thread + 1}' cpuset='${cpu}'/>`);
const leaf = one("<title>a</title>", "<memory unit='MiB'>64</memory>", "<vcpu>2</vcpu>", "<genid>x</genid>");
const device = (text: string) => /dev='\w+'|address='[^']+'|type='\w+'/.exec(text)?.[0] ?? text;

/** Domains made of elements with a key, elements without one, and plain values. */
const domains = fc
  .tuple(
    some(disk, (text) => /dev='(\w+)'/.exec(text)?.[1] ?? ""),
    some(nic, device),
    some(serial, device),
    some(pin, (text) => /thread='(\d)/.exec(text)?.[1] ?? ""),
    some(leaf, (text) => text.slice(0, 4)),
  )
  .map(([disks, nics, serials, pins, leaves]) => {
    const devices = [...disks, ...nics, ...serials].join("");
    const cputune = pins.length > 0 ? `<cputune>${pins.join("")}</cputune>` : "";
    return parseDomainXml(
      `<domain type='kvm'>${leaves.join("")}${cputune}${devices && `<devices>${devices}</devices>`}</domain>`,
    );
  });

const paths = (recorded: XmlElement | null, desired: XmlElement, actual: XmlElement) =>
  diffTrees(domainSchema, { recorded, desired, actual }).changes.map(({ kind, path }) => `${kind} ${path}`);
const empty = parseDomainXml("<domain type='kvm'/>");

describe("laws of the three-way diff", () => {
  it("diff(x, x) is empty, and merging x into x gives x itself", () => {
    const law = fc.property(domains, (x) => {
      expect(paths(x, x, x)).to.deep.equal([]);
      expect(mergeTrees(domainSchema, { recorded: x, desired: x, actual: x }).tree).to.equal(x);
    });
    fc.assert(law);
  });

  it("what is added when it is declared is removed when it is declared no more", () => {
    const law = fc.property(domains, (x) => {
      const added = mergeTrees(domainSchema, { recorded: null, desired: x, actual: empty });
      const names = (kind: string, changes: readonly string[]) =>
        changes.map((change) => change.slice(kind.length + 1)).sort();
      const plain = added.diff.changes.map(({ kind, path }) => `${kind} ${path}`);
      expect(names("remove", paths(x, empty, added.tree))).to.deep.equal(names("add", plain));
      const { tree } = mergeTrees(domainSchema, { recorded: x, desired: empty, actual: added.tree });
      expect(paths(x, empty, tree)).to.deep.equal([]);
    });
    fc.assert(law);
  });

  it("merging twice equals merging once", () => {
    const law = fc.property(domains, domains, domains, (recorded, desired, actual) => {
      const { tree } = mergeTrees(domainSchema, { recorded, desired, actual });
      const again = mergeTrees(domainSchema, { recorded, desired, actual: tree });
      expect(again.diff.changes.map(({ kind, path }) => `${kind} ${path}`)).to.deep.equal([]);
      expect(again.tree).to.equal(tree);
    });
    fc.assert(law);
  });

  it("after a merge everything declared holds", () => {
    const law = fc.property(domains, domains, (desired, actual) => {
      const { tree } = mergeTrees(domainSchema, { recorded: null, desired, actual });
      expect(paths(null, desired, tree)).to.deep.equal([]);
    });
    fc.assert(law);
  });

  it("what is not declared stays byte for byte", () => {
    const law = fc.property(domains, (actual) => {
      const desired = parseDomainXml(`<domain><title>new</title></domain>`);
      const { tree } = mergeTrees(domainSchema, { recorded: null, desired, actual });
      const rest = (x: XmlElement) =>
        childrenOf(x)
          .filter(({ name }) => name !== "title")
          .map(printXml);
      expect(rest(tree)).to.deep.equal(rest(actual));
    });
    fc.assert(law);
  });

  it("the order of elements with a key does not matter", () => {
    const law = fc.property(domains, fc.infiniteStream(fc.nat()), (x, keys) => {
      const shuffle = (node: XmlElement): XmlElement => {
        const order = new Map(node.children.map((child) => [child, keys.next().value ?? 0]));
        const children = node.children
          .map((child) => (child.kind === "element" && child.name !== "serial" ? shuffle(child) : child))
          .toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
        return { ...node, children };
      };
      expect(paths(null, shuffle(x), x)).to.deep.equal([]);
    });
    fc.assert(law);
  });
});

const nodes = fc.letrec<{ node: XmlNode; element: XmlElement }>((tie) => ({
  node: fc.oneof(
    { depthSize: "small" },
    fc.string({ minLength: 1, unit: "grapheme" }).map((text): XmlNode => ({ kind: "text", text })),
    fc
      .string()
      .filter((text) => !text.includes("]]>"))
      .map((text): XmlNode => ({ kind: "cdata", text })),
    fc
      .string()
      .filter((text) => !text.includes("--") && !text.endsWith("-"))
      .map((text): XmlNode => ({ kind: "comment", text })),
    fc
      .string()
      .filter((text) => !text.includes("?>") && text.trim() === text && !text.endsWith("?"))
      .map((text): XmlNode => ({ kind: "instruction", target: "do", text })),
    tie("element"),
  ),
  element: fc
    .record({
      name: fc.stringMatching(/^[a-z][a-z0-9_.-]{0,5}(:[a-z]{1,5})?$/),
      attributes: fc.dictionary(fc.stringMatching(/^[a-z][a-zA-Z-]{0,5}$/), fc.string(), {
        noNullPrototype: true,
      }),
      children: fc.array(tie("node"), { maxLength: 4 }),
    })
    .map(({ name, attributes, children }): XmlElement => {
      // A reader sees two adjacent texts as one.
      const apart = children.filter((node, i) => node.kind !== "text" || children[i - 1]?.kind !== "text");
      const pairs = Object.entries(attributes).map(([key, value]) => ({ name: key, value }));
      return { kind: "element", name, attributes: pairs, children: apart };
    }),
}));
// biome-ignore lint/suspicious/noControlCharactersInRegex: what XML 1.0 can't hold
const unspeakable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF\uE000]/;

describe("laws of XML", () => {
  it("parsing what was printed gives the same tree", () => {
    const law = fc.property(nodes.element, (tree) => {
      fc.pre(!unspeakable.test(JSON.stringify(tree).replaceAll("\\u", "\\\\u")));
      fc.pre(!unspeakable.test(printXml(tree)));
      expect(parseXml(printXml(tree))).to.deep.equal(tree);
    });
    fc.assert(law);
  });
});
