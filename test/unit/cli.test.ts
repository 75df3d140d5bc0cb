import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

const main = join(__dirname, "../../provider/cli/main.js");

/** Runs the command as a user would, in a folder with some domains. */
describe("pulumi-virsh diff", function () {
  this.timeout(60_000);
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "diff-"));
    const files = {
      "desired.xml": "<domain><vcpu>2</vcpu><cputune><vcpupin vcpu='7' cpuset='0'/></cputune></domain>",
      "same.xml": "<domain><vcpu placement='static'>2</vcpu></domain>",
      "other.xml": "<domain>\n  <vcpu placement='static'>4</vcpu>\n  <title>t</title>\n</domain>",
      "recorded.xml": "<domain><vcpu>4</vcpu><title>t</title></domain>",
      "broken.xml": "<domain>\n  <vcpu>2</vcp>\n</domain>",
      "entity.xml": "<!DOCTYPE d [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><domain><name>&a;</name></domain>",
      "network.xml":
        "<network><ip address='10.0.0.1'><dhcp><host mac='52:54:0:0:0:2' ip='10.0.0.2'/></dhcp></ip></network>",
      "there.xml":
        "<network><ip address='10.0.0.1' prefix='24'><dhcp><host mac='52:54:00:00:00:01' ip='10.0.0.3'/></dhcp></ip></network>",
      "secret.xml": "<secret/>",
      "pairs.tsv": "desired.xml\tsame.xml\ndesired.xml\tother.xml\n\n",
      "three.tsv": "desired.xml\tother.xml\trecorded.xml\n",
      "bad.tsv": "desired.xml\tbroken.xml\ndesired.xml\nnone.xml\tsame.xml\n",
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });
  after(() => rmSync(folder, { recursive: true }));
  const run = (...args: string[]) =>
    spawnSync(process.execPath, [main, "diff", ...args], { cwd: folder, encoding: "utf8" });

  it("says nothing but what is dropped, and exits 0, when nothing would change", () => {
    const { status, stdout, stderr } = run("--desired", "desired.xml", "--actual", "same.xml");
    expect(stderr).to.equal("");
    expect(stdout).to.match(/^dropped cputune\/vcpupin\[7\]: .*does not exist.*\n$/);
    expect(status).to.equal(0);
  });

  it("prints path, before and after, and exits 2", () => {
    const { status, stdout } = run("--desired", "desired.xml", "--actual", "other.xml");
    expect(stdout).to.match(/^change vcpu: 4 → 2\n/);
    expect(status).to.equal(2);
  });

  it("prints JSON, what is declared no more as removed, and the inactive side", () => {
    const { status, stdout } = run(
      ...["--desired", "desired.xml", "--recorded", "recorded.xml", "--actual", "other.xml"],
      ...["--inactive", "same.xml", "--json"],
    );
    const report = JSON.parse(stdout);
    expect(report.changes).to.deep.equal([
      { path: "vcpu", before: "4", after: "2" },
      { path: "title", before: "<title>t</title>", after: null },
    ]);
    expect(report.inactive.changes).to.deep.equal([]);
    expect(report.dropped[0].rule).to.equal("vcpupin-beyond");
    expect(status).to.equal(2);
  });

  it("compares networks by what tells their elements apart", () => {
    const { status, stdout } = run("--desired", "network.xml", "--actual", "there.xml", "--json");
    const host = "<host mac='52:54:0:0:0:2' ip='10.0.0.2'/>";
    expect(JSON.parse(stdout).changes).to.deep.equal([
      { path: "ip[10.0.0.1]/dhcp/host[52:54:00:00:00:02]", before: null, after: host },
    ]);
    expect(status).to.equal(2);
  });

  it("prints one line of JSON per pair of a batch", () => {
    const { status, stdout } = run("--batch", "pairs.tsv");
    const reports = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(reports.map(({ desired, actual, changes }) => [desired, actual, changes.length])).to.deep.equal([
      ["desired.xml", "same.xml", 0],
      ["desired.xml", "other.xml", 1],
    ]);
    expect(status).to.equal(2);
  });

  it("takes what was recorded as a third file of a line", () => {
    const { status, stdout } = run("--batch", "three.tsv");
    const { changes, ...pair } = JSON.parse(stdout);
    expect(changes).to.deep.equal([
      { path: "vcpu", before: "4", after: "2" },
      { path: "title", before: "<title>t</title>", after: null },
    ]);
    expect(Object.keys(pair)).to.deep.equal(["desired", "actual", "dropped"]);
    expect(status).to.equal(2);
  });

  it("goes on behind a pair that can't be read, and exits 1", () => {
    const { status, stdout } = run("--batch", "bad.tsv");
    const errors = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).error);
    expect(errors[0]).to.match(
      /^broken\.xml: does not parse at line 2, column 15, in <domain>: unexpected close tag/,
    );
    expect(errors[1]).to.match(/^bad\.tsv, line 2: /);
    expect(errors[2]).to.equal("none.xml: cannot be read (ENOENT)");
    expect(status).to.equal(1);
  });

  const refused = [
    {
      args: ["--desired", "broken.xml", "--actual", "same.xml"],
      says: /broken\.xml: .*line 2, column 15, in <domain>: /,
    },
    {
      args: ["--desired", "entity.xml", "--actual", "same.xml"],
      says: /entity\.xml: .*line 1, column 54: a document type/,
    },
    { args: ["--desired", "none.xml", "--actual", "same.xml"], says: /none\.xml: cannot be read/ },
    {
      args: ["--desired", "network.xml", "--actual", "same.xml"],
      says: /same\.xml: has the root <domain>; it must be <network>/,
    },
    {
      args: ["--desired", "secret.xml", "--actual", "same.xml"],
      says: /secret\.xml: has the root <secret>; it must be <domain> or <network> or <pool> or <volume>/,
    },
    { args: ["--desired", "desired.xml"], says: /needs --desired and --actual/ },
    { args: ["--batch", "none.tsv"], says: /none\.tsv: cannot be read/ },
    { args: ["--batch", "pairs.tsv", "--desired", "desired.xml"], says: /leave the other files away/ },
    { args: ["--nonsense"], says: /unknown option/ },
  ];
  for (const { args, says } of refused) {
    it(`exits 1 for ${args.join(" ")}`, () => {
      const { status, stdout, stderr } = run(...args);
      expect(stderr).to.match(says);
      expect(stdout).to.equal("");
      expect(status).to.equal(1);
    });
  }

  it("has a help text with exit codes", () => {
    const { status, stdout } = run("--help");
    expect(stdout)
      .to.match(/--recorded <file>/)
      .and.to.match(/Exit status: 0 without changes, 2/);
    expect(status).to.equal(0);
  });
});

describe("pulumi-virsh", function () {
  this.timeout(60_000);
  const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
  const commands = [...run("--help").stdout.matchAll(/^ {2}(\w+) \[options\]/gm)].map(([, name]) =>
    String(name),
  );

  it("has these commands", () => {
    expect(commands.toSorted((a, b) => a.localeCompare(b))).to.deep.equal([
      "adopt",
      "compare",
      "diff",
      "doctor",
      "measure",
      "migrate",
      "report",
      "top",
    ]);
  });

  for (const command of commands)
    it(`${command} exits 1 for an option that it does not know, and says so`, () => {
      const { status, stdout, stderr } = run(command, "--nonsense");
      expect(stderr).to.match(/^error: (unknown|required) option '--/);
      expect(stdout).to.equal("");
      expect(status).to.equal(1);
    });
});
