import { mkdirSync, readdirSync, symlinkSync, watch, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { canonicalHost } from "../../provider/host/connections.ts";
import { readPreview } from "../../provider/report/preview.ts";
import { run } from "../../tools/sandbox/run.ts";
import { countedHost } from "../support/countedHost.ts";
import { makeEngineEnvironment } from "../support/environment.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { sandbox, testName } from "../support/sandbox.ts";

/** The first run creates everything. The second names another thread and omits the domain's second thread. */
const program = `
const virsh = require("pulumi-virsh");
const { VIRSH_HOST: host, NAME: name, STAGE: stage, TYPE: type } = process.env;
const at = { host, domain: name };
const db = new virsh.Domain("db", { host, name, type, memory: "64 MiB" });
const opts = { dependsOn: db };
new virsh.IoThread("moved", { ...at, ioThreadId: stage === "1" ? 1 : 3 }, opts);
if (stage === "1") new virsh.IoThread("gone", { ...at, ioThreadId: 2 }, opts);
`;

function writeProject(): string {
  const folder = temporaryFolder("preview");
  writeFileSync(join(folder, "Pulumi.yaml"), "name: preview\nruntime: nodejs\nmain: index.js\n");
  writeFileSync(join(folder, "package.json"), '{"name":"preview","main":"index.js"}');
  writeFileSync(join(folder, "index.js"), program);
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  return folder;
}

describe("pulumi preview --json by the real engine", function () {
  this.timeout(300_000);

  it("is read: what is created, replaced and deleted, on which host", async () => {
    const { uri, domainType } = await sandbox();
    const name = testName("preview");
    const folder = writeProject();
    const engine = await makeEngineEnvironment();
    const pulumi = async (stage: string, ...args: string[]) => {
      const env = { ...engine, VIRSH_HOST: uri, NAME: name, STAGE: stage, TYPE: domainType };
      const { exitCode, stdout, stderr } = await run(["pulumi", ...args, "--non-interactive"], {
        cwd: folder,
        env,
        timeoutMs: 120_000,
      });
      expect(exitCode, stdout + stderr).to.equal(0);
      return stdout;
    };
    const preview = async (stage: string) => {
      const read = readPreview(await pulumi(stage, "preview", "--json"), canonicalHost);
      const host = canonicalHost(uri);
      expect(read.records.every((record) => record.host === host)).to.equal(true);
      return {
        ...read,
        told: read.records
          .map(({ domain, resource, label }) => `${domain} ${resource.kind} ${resource.key} ${label}`)
          .sort(),
      };
    };
    try {
      await pulumi("1", "stack", "init", "dev");
      const first = await preview("1");
      expect(first.told).to.deep.equal([
        `${name} Domain null define`,
        `${name} IoThread 1 define`,
        `${name} IoThread 2 define`,
      ]);
      expect(first.operations.create).to.be.at.least(3);
      await pulumi("1", "up", "--yes", "--skip-preview");
      expect((await preview("1")).told).to.deep.equal([]);
      expect((await preview("2")).told).to.deep.equal([
        `${name} IoThread 1 replace`,
        `${name} IoThread 2 delete`,
      ]);
    } finally {
      await pulumi("1", "destroy", "--yes", "--skip-preview");
      removeFolder(folder);
    }
  });

  it("is read by the program's own thread: one connection and session, and nothing left", async () => {
    const { domainType } = await sandbox();
    const host = await countedHost();
    const folder = writeProject();
    const runtime = join(folder, "runtime");
    mkdirSync(runtime);
    const env = {
      ...(await makeEngineEnvironment()),
      XDG_RUNTIME_DIR: runtime,
      VIRSH_HOST: host.uri(),
      NAME: testName("ahead"),
      STAGE: "1",
      TYPE: domainType,
    };
    const meetings = new Set<string | null>();
    const watching = watch(runtime, (_event, name) => meetings.add(name));
    /** Counts connections, sessions and readers. */
    const costs = async (...args: string[]) => {
      const [logins, sessions] = [host.logins(), host.sessions()];
      meetings.clear();
      const done = await run(["pulumi", ...args, "--non-interactive"], {
        cwd: folder,
        env,
        timeoutMs: 120_000,
      });
      expect(done.exitCode, done.stdout + done.stderr).to.equal(0);
      expect(readdirSync(runtime)).to.deep.equal([]);
      return [host.logins() - logins, host.sessions() - sessions, meetings.size];
    };
    try {
      await costs("stack", "init", "dev");
      const [logins, , readers] = await costs("up", "--yes", "--skip-preview");
      expect([logins, readers]).to.deep.equal([1, 0]);
      expect(await costs("preview", "--expect-no-changes")).to.deep.equal([1, 1, 1]);
    } finally {
      watching.close();
      await costs("destroy", "--yes", "--skip-preview");
      await host.remove();
      removeFolder(folder);
    }
  });
});
