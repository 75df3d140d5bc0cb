import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { repository } from "../../tools/sandbox/folders.ts";
import { run } from "../../tools/sandbox/run.ts";
import { sweepTestDomains } from "../../tools/sandbox/sweep.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";

const support = (file: string) => JSON.stringify(join(repository, "dist/test/support", file));

/** A test file that passes and leaves `what`. */
const leaky = (what: string) => `
const { spawn } = require("node:child_process");
const { testName } = require(${support("sandbox.js")});
const { startHost } = require(${support("hosts.js")});
const { temporaryFolder } = require(${support("folders.js")});
const { run } = require(${JSON.stringify(join(repository, "dist/tools/sandbox/run.js"))});
it("passes", async () => { ${what} });
`;

/** What it leaves, and what names it. All at once, because the check waits some seconds for things to end. */
const left = [
  {
    leave: `const xml = "<domain type='qemu'><name>" + testName("left") + "</name><memory>32768</memory><os><type>hvm</type></os></domain>";
      const { exitCode } = await run(["sh", "-c", "cat | virsh -c qemu:///system define /dev/stdin"], { stdin: xml });
      if (exitCode !== 0) throw new Error("not defined");`,
    want: /the domain tv-\d+-left/,
  },
  // Its parent has ended.
  {
    leave: 'await run(["sh", "-c", "sleep 600 >/dev/null 2>&1 </dev/null &"]);',
    want: /process \d+: sleep 600/,
  },
  { leave: 'spawn("sleep", ["601"]);', want: /process \d+: sleep 601/ },
  { leave: 'require("node:net").createServer().listen(0);', want: /a server that listens/ },
  { leave: "await startHost();", want: /process \d+: sshd: .*\[listener\]/ },
];

describe("a test file that leaves something", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = temporaryFolder("leaky");
  });
  after(async () => {
    removeFolder(folder);
    await sweepTestDomains();
  });

  async function runLeaky(what: string): Promise<{ readonly exitCode: number; readonly said: string }> {
    const file = join(folder, "leaky.test.js");
    writeFileSync(file, leaky(what));
    const mocha = [process.execPath, join(repository, "node_modules/mocha/bin/mocha.js"), "--exit"];
    const hooks = ["hooks", "leakHooks"].flatMap((name) => [
      "--require",
      join(repository, `dist/test/support/${name}.js`),
    ]);
    const { exitCode, stdout, stderr } = await run([...mocha, ...hooks, file]);
    return { exitCode, said: stdout + stderr };
  }

  it("fails, and names it", async () => {
    const { exitCode, said } = await runLeaky(left.map(({ leave }) => leave).join("\n"));
    expect(said).to.contain("1 passing");
    for (const { want } of left) expect(said).to.match(want);
    expect(exitCode, said).to.equal(1);
  });

  it("passes when it leaves temporary folders alone, which are removed", async () => {
    const made = 'process.stdout.write("made " + temporaryFolder("left") + "\\n");';
    const { exitCode, said } = await runLeaky(made);
    expect(exitCode, said).to.equal(0);
    const path = /^made (.*)$/m.exec(said)?.[1] ?? "";
    expect(path).not.to.equal("");
    expect(existsSync(path)).to.equal(false);
  });
});
