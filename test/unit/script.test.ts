import { execFileSync } from "node:child_process";
import { assert } from "chai";
import fc from "fast-check";
import { quote } from "../../provider/host/connection/quote.ts";
import { printScript } from "../../provider/host/connection/script.ts";

const shells = ["sh", "dash", "bash"];
const text = fc.string({ unit: "binary", maxLength: 60 }).map((each) => each.replaceAll("\0", ""));
const hostile = fc.oneof(
  text,
  fc.string({
    unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", "\r", ";", "(", "!", " ", "-", "\x81", "é"),
  }),
);

function run(shell: string, script: string): string {
  return execFileSync(shell, ["-s"], { input: script, encoding: "utf8", stdio: ["pipe", "pipe", "ignore"] });
}

describe("script for the host's shell", () => {
  for (const shell of shells) {
    it(`passes any words through ${shell} as they are`, () => {
      fc.assert(
        fc.property(fc.array(hostile, { minLength: 1, maxLength: 20 }), (words) => {
          const printed = run(shell, `printf '%s\\0' ${words.map(quote).join(" ")}\n`);
          assert.deepEqual(printed.split("\0").slice(0, -1), words);
        }),
        { numRuns: 60 },
      );
    }).timeout(20_000);

    it(`passes any input through ${shell} as it is`, () => {
      fc.assert(
        fc.property(hostile, (stdin) => {
          const script = printScript([{ argv: ["cat"], stdin }]);
          const { results, complete } = script.read(run(shell, script.text), "");
          assert.isTrue(complete);
          assert.equal(results[0]?.stdout, `${stdin}\n`);
        }),
        { numRuns: 60 },
      );
    }).timeout(20_000);
  }

  it("passes 4 MiB of XML", () => {
    const stdin = "<a b='$x'/>\n".repeat(350_000);
    const script = printScript([{ argv: ["cksum"], stdin }]);
    const printed = run("sh", script.text);
    const size = script.read(printed, "").results[0]?.stdout.split(" ")[1];
    assert.equal(Number(size), stdin.length + 1);
  }).timeout(20_000);

  it("runs nothing of a script that did not arrive whole", () => {
    const { text } = printScript([{ argv: ["echo", "ran"] }, { argv: ["true"], stdin: "<domain/>" }]);
    for (const length of [20, 40, 60, 80, 99].map((percent) => Math.floor((text.length * percent) / 100))) {
      const shell = `sh -s 2>/dev/null || true`;
      const printed = execFileSync("sh", ["-c", shell], { input: text.slice(0, length), encoding: "utf8" });
      assert.equal(printed, "", `cut at ${length} of ${text.length}`);
    }
  });

  const statuses: readonly { keepGoing: boolean; want: readonly number[] }[] = [
    { keepGoing: false, want: [0, 7] },
    { keepGoing: true, want: [0, 7, 0] },
  ];
  for (const { keepGoing, want } of statuses) {
    it(keepGoing ? "keeps going after a failure when asked to" : "stops at the first failure", () => {
      const argvs = [["true"], ["sh", "-c", "exit 7"], ["true"]];
      const script = printScript(
        argvs.map((argv) => ({ argv })),
        { keepGoing },
      );
      const { results, complete } = script.read(`login noise\n${run("sh", script.text)}`, "");
      assert.isTrue(complete);
      assert.deepEqual(
        results.map(({ exitCode }) => exitCode),
        want,
      );
    });
  }

  it("calls output without its frames incomplete", () => {
    const script = printScript([{ argv: ["true"] }]);
    assert.isFalse(script.read("This account is not available.\n", "").complete);
  });
});
