import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { repository } from "../../tools/sandbox/folders.ts";
import { run } from "../../tools/sandbox/run.ts";
import type { TestDomain } from "../support/domains.ts";
import { failureOf, testDomain } from "../support/domains.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { startHostileHost } from "../support/hostileHost.ts";
import { acting, hostileXml } from "../support/hostileText.ts";
import type { TestHost } from "../support/hosts.ts";
import { sandbox } from "../support/sandbox.ts";

const cli = join(repository, "dist/provider/cli/main.js");

/** Returns the command's standard output and standard error. */
async function said(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run([process.execPath, cli, ...args]);
  return `${stdout}${stderr}`;
}

describe("a host whose virsh fails with words that a terminal acts on", function () {
  this.timeout(180_000);
  let host: TestHost;
  before(async () => {
    host = await startHostileHost();
  });
  after(() => host.remove());

  for (const [command, args] of [
    ["doctor", []],
    ["top", ["--once"]],
    ["measure", ["guest", "--for", "5s"]],
    ["adopt", ["--out", "/nonexistent/guests"]],
  ] as const) {
    it(`shows them: ${command}`, async () => {
      const text = await said(command, host.uri(), ...args);
      expect(text).to.contain("\\u{1b}]52").and.not.match(acting);
    });
  }

  it("shows them in the error of an operation and in the warning of a preview", async () => {
    const guest = await testDomain("hostile", host.uri());
    const error = await failureOf(guest.create("Domain", { type: "qemu", memory: "32 MiB" }));
    const { unreachable } = await guest.preview("Domain", { memory: "32 MiB" });
    for (const message of [error.message, unreachable?.message])
      expect(message).to.contain("\\u{1b}]52").and.not.match(acting);
  });
});

describe("a guest with texts that a terminal acts on", function () {
  this.timeout(180_000);
  let folder: string;
  let guest: TestDomain;
  const base = { title: "plain", ioThreads: 1 };
  before(async () => {
    folder = temporaryFolder("hostile");
    guest = await testDomain(`hostile-${hostileXml}`);
    const { domainType: type } = await sandbox();
    await guest.create("Domain", {
      type,
      memory: "32 MiB",
      running: true,
      title: hostileXml,
      description: hostileXml,
      ioThreads: 1,
      xml: `<domain><metadata><t:a xmlns:t='urn:t' at='${hostileXml}'>${hostileXml}</t:a></metadata></domain>`,
    });
  });
  after(async () => {
    await guest.remove();
    removeFolder(folder);
  });

  it("shows them in the lines of a preview, and in no line of its plan file or report", async () => {
    const plan = join(folder, "plan.jsonl");
    process.env.PULUMI_VIRSH_PLAN = plan;
    try {
      const { lines } = await guest.preview("Domain", base);
      expect(lines.join("\n")).to.contain("title").and.contain("\\u{9b}");
      expect(lines.join("\n")).to.not.match(acting);
    } finally {
      delete process.env.PULUMI_VIRSH_PLAN;
    }
    expect(readFileSync(plan, "utf8")).to.contain("\\u009b").and.not.match(acting);
    for (const format of ["markdown", "html", "json"]) {
      const text = await said("report", plan, "--format", format);
      expect(text)
        .to.contain("plain")
        .and.contain(format === "json" ? "\\u009b" : "\\u{9b}");
      expect(text).to.not.match(acting);
    }
  });

  it("shows them in diff, top and adopt, and in the program that adopt writes", async () => {
    const { inactiveXml } = await guest.facts();
    const [desired, actual] = [join(folder, "desired.xml"), join(folder, "actual.xml")];
    writeFileSync(desired, "<domain><title>plain</title></domain>");
    writeFileSync(actual, inactiveXml);
    const out = join(folder, "guests");
    const { uri } = await sandbox();
    const texts = [
      await said("diff", "--desired", desired, "--actual", actual),
      await said("diff", "--desired", desired, "--actual", actual, "--json"),
      await said("top", uri, guest.name, "--once"),
      await said("top", uri, guest.name, "--once", "--json"),
      await said("adopt", uri, "--domain", guest.name, "--out", out),
      await said("adopt", uri, "--domain", "nobody", "--out", out),
      ...readdirSync(out).map((name) => readFileSync(join(out, name), "utf8")),
    ];
    for (const text of texts) expect(text).to.not.match(acting);
    expect(
      texts.filter((text) => text.includes("u{9b}") || text.includes("u009b")),
    ).to.have.length.greaterThan(4);
  });
});
