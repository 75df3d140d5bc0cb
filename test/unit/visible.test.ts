import { expect } from "chai";
import fc from "fast-check";
import { HostError } from "../../provider/errors.ts";
import { bounded, visible, visibleJson, visibleLine } from "../../provider/model/values/visible.ts";
import { acting, hostileBytes } from "../support/hostileText.ts";

const anything = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("a", "\n", "\t", "\r", ...hostileBytes) }),
);

describe("text from elsewhere", () => {
  it("shows what a terminal would act on, and stays as it is otherwise", () => {
    expect(visible(`a${hostileBytes}\n\tb`)).to.equal(
      "a\\u{1b}]52;c;aGk=\\u{7}\\u{1b}[2J\\u{9b}2J\\u{202e}gnp.exe\\u{2066}\n\tb",
    );
    expect(visible("Gäste 👩‍🚀 日本 مرحبا")).to.equal("Gäste 👩‍🚀 日本 مرحبا");
  });

  it("never acts, on one line or several, whatever it is", () => {
    const law = fc.property(anything, (text) => {
      expect(visible(text)).to.not.match(acting);
      expect(visibleLine(text))
        .to.not.match(acting)
        .and.not.match(/[\n\t]/);
      expect(visible(visible(text))).to.equal(visible(text));
    });
    fc.assert(law);
  });

  it("is the same when it is read back from JSON", () => {
    const law = fc.property(anything, (text) => {
      const value = { [text]: [text, 1, null] };
      expect(visibleJson(value)).to.not.match(acting);
      expect(JSON.parse(visibleJson(value, null, 2))).to.deep.equal(JSON.parse(JSON.stringify(value)));
    });
    fc.assert(law);
  });

  it("is cut to its first line, and the rest is counted", () => {
    expect(bounded("short")).to.equal("short");
    expect(bounded("one\ntwo")).to.equal("one… (4 more characters)");
    expect(bounded("x".repeat(1_000_000))).to.equal(`${"x".repeat(200)}… (999800 more characters)`);
  });
});

describe("the message of a host's error", () => {
  const size = 1_000_000;
  const error = new HostError(`there is no domain "${"n".repeat(size)}${hostileBytes}"`, "h", {
    argv: ["virsh", "desc", "--", "w".repeat(size)],
    stderr: `error: ${hostileBytes}${"e".repeat(size)}`,
    remedy: `do not ${hostileBytes}`,
  });

  it("holds no character that acts, and no value longer than a few lines", () => {
    expect(error.message).to.not.match(acting);
    for (const line of error.message.split("\n")) expect(line.length).to.be.lessThan(650);
  });

  it("names a script as one, without its arguments", () => {
    const argv = ["sh", "-c", "rm -- $1", "sh", "argument-of-a-script"];
    expect(new HostError("failed", "h", { argv }).message).to.equal("failed on h: sh -c …");
  });
});
