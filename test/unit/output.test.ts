import { execFileSync } from "node:child_process";
import { expect } from "chai";
import { keepOutputOf, printsMore } from "../../provider/host/connection/bounded.ts";
import { keepOutput } from "../../provider/host/connection/output.ts";

const MiB = 1024 * 1024;
const piece = Buffer.alloc(MiB, "x");

/** Returns the MiB kept before the limit is reached. Tries 400. */
function kept(commands: Parameters<typeof keepOutput>[0], data: Buffer = piece): number {
  const output = keepOutput(commands);
  let count = 0;
  while (count < 400 && output.stdout(data)) count++;
  expect(output.stdout(Buffer.from("more")), "after the limit").to.equal(count === 400);
  expect(output.read().stdout.length).to.equal(count * data.length);
  return count;
}

describe("what is kept of a host's output", () => {
  it("is 16 MiB for each command", () => {
    expect(kept([{ argv: ["a"] }])).to.equal(16);
    expect(kept([{ argv: ["a"] }, { argv: ["b"] }])).to.equal(32);
  });

  it("grows with the number of domains, as far as 128 MiB", () => {
    const allowance = { each: "\nmark inactive ", bytes: 2 * MiB };
    const part = Buffer.concat([Buffer.from(allowance.each), piece]);
    expect(kept([{ argv: ["a"], allowance }])).to.equal(16);
    expect(kept([{ argv: ["a"], allowance }], part)).to.equal(127);
  });

  it("is 1 MiB of standard error", () => {
    const output = keepOutput([{ argv: ["a"] }]);
    expect([output.stderr(piece), output.stderr(Buffer.from("x"))]).to.deep.equal([true, false]);
  });

  for (const shell of ["dash", "bash"])
    it(`is bounded in the host's shell too: ${shell}`, () => {
      const run = (command: string) =>
        execFileSync(shell, ["-c", `mark=m; ${keepOutputOf}\nkeep ${command} 2>&1; echo "$? \${#kept}"`], {
          encoding: "utf8",
        });
      expect(run("echo hello")).to.equal("0 6\n");
      expect(run("sh -c 'echo some; exit 7'").split("\n")[0]).to.match(/^7 /);
      expect(run("yes")).to.match(new RegExp(`^error: virsh ${printsMore}\n1 67108864\n$`));
    });
});
