import { expect } from "chai";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { markedTexts, secretArguments, secretTexts } from "../../provider/model/arguments/secrets.ts";
import { maskOf } from "../../provider/model/values/mask.ts";

const mask = (values: readonly string[], text: string) =>
  maskOf(values, (word) => word === "virtio", "[secret]")(text);

describe("hiding by value", () => {
  const cases: readonly (readonly [string, readonly string[], string, string])[] = [
    ["wherever it stands", ["hunter2"], "a hunter2, bhunter2c", "a [secret], b[secret]c"],
    ["the longest first", ["hunter2", "hunter2-long"], "hunter2-long", "[secret]"],
    ["as XML and JSON write it", [`a<'"b`], `a&lt;'"b a&lt;&apos;"b a<'\\"b`, "[secret] [secret] [secret]"],
    ["each line of several", ["line one\nline two"], "line two", "[secret]"],
    ["a number as a word of its own", ["4096"], "4096 KiB, 14096", "[secret] KiB, 14096"],
    ["not what is too short, nor a word of libvirt's", ["vda", "virtio"], "vda virtio", "vda virtio"],
    ["what looks like a pattern", ["a.c[$&]+"], "a.c[$&]+ abc", "[secret] abc"],
  ];
  for (const [name, values, text, want] of cases)
    it(name, () => {
      expect(mask(values, text)).to.equal(want);
    });

  it("takes values of a megabyte and thousands of them", () => {
    const values = ["x".repeat(1_000_000), ...Array.from({ length: 5000 }, (_, index) => `value-${index}-`)];
    expect(mask(values, `${values[0]} value-4999-`)).to.equal("[secret] [secret]");
  });
});

describe("secrets among arguments", () => {
  it("are found where the table says so, also in texts of a megabyte", () => {
    const args = {
      title: "password: hunter2",
      description: "-".repeat(1_000_000),
      cmdline: `a${":".repeat(1_000_000)}`,
      memory: "4 MiB",
      disks: [{ target: "vda", source: { file: "/a" } }],
    };
    expect(secretArguments(kinds.Domain, args)).to.deep.equal(["title"]);
    expect(secretTexts(kinds.Domain, args)).to.deep.equal(["password: hunter2"]);
  });

  it("are all that is marked, as written and as it stands in the XML, but for names", () => {
    const args = {
      host: "qemu:///system",
      name: "db-name",
      memory: "4 MiB",
      disks: [{ target: "vda", source: { file: "/x" } }],
    };
    const texts = markedTexts(kinds.Domain, args, new Set(["host", "name", "memory", "disks"]));
    expect(texts).to.include.members(["4 MiB", "4096", "/x"]).and.not.include.members(["db-name"]);
  });
});
