import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { readFolderName } from "../../provider/privateFolder.ts";
import { findChildren, readCommand, readStartTime, waitFor } from "../../tools/sandbox/processes.ts";
import { run } from "../../tools/sandbox/run.ts";
import { makeEngineEnvironment } from "../support/environment.ts";
import { type FaultyHost, startFaultyHost } from "../support/faults.ts";
import { removeFolder, temporaryFolder } from "../support/folders.ts";
import { pluginFolder } from "../support/nativeStack.ts";
import { patience } from "../support/patience.ts";
import { killAll, treeOf } from "../support/processTree.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const program = `
const virsh = require("pulumi-virsh");
const { VIRSH_HOST: host, NAME: name, TYPE: type, TITLE: title } = process.env;
new virsh.Domain("db", { host, name, type, title, memory: "32 MiB" });
`;

/** Within which all processes must end, on an idle machine. */
const limitMs = 15_000;

describe("an engine that dies", function () {
  this.timeout(300_000);
  let host: FaultyHost;
  let folder: string;
  let runtime: string;
  let env: Record<string, string>;

  before(async () => {
    const { domainType } = await sandbox();
    host = await startFaultyHost();
    folder = temporaryFolder("dies");
    runtime = join(folder, "runtime");
    mkdirSync(runtime, { mode: 0o700 });
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      `name: dies\nruntime: nodejs\nmain: index.js\nplugins:\n  providers:\n    - name: virsh\n      path: ${pluginFolder}\n`,
    );
    writeFileSync(join(folder, "package.json"), '{"name":"dies","main":"index.js"}');
    writeFileSync(join(folder, "index.js"), program);
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    env = {
      ...(await makeEngineEnvironment()),
      XDG_RUNTIME_DIR: runtime,
      VIRSH_HOST: host.uri(),
      NAME: testName("dies"),
      TYPE: domainType,
      TITLE: "the first",
    };
    await pulumi("stack", "init", "dev");
    await pulumi("up", "--yes", "--skip-preview");
  });
  after(async () => {
    host.disarm();
    await host.remove();
    removeFolder(folder);
  });

  const pulumi = async (...args: string[]) => {
    const options = { cwd: folder, env, timeoutMs: 120_000 };
    const { exitCode, stdout, stderr } = await run(["pulumi", ...args, "--non-interactive"], options);
    expect(exitCode, stdout + stderr).to.equal(0);
  };

  /** Counts the providers that wait for a program's reader. */
  const questions = () => readFileSync("/proc/net/unix", "utf8").split(`${runtime}/`).length - 2;

  for (const frontEnd of ["dynamic", "native"])
    for (const [command, at] of [
      ["preview", "list"],
      ["up", " define "],
    ] as const)
      it(`takes its ${frontEnd} provider and the SSH session with it, in a ${command}`, async () => {
        host.arm("slow", at);
        const args = command === "up" ? ["up", "--yes", "--skip-preview"] : ["preview"];
        const options = {
          cwd: folder,
          env: { ...env, PULUMI_VIRSH_FRONT_END: frontEnd, TITLE: `by ${frontEnd}` },
          stdio: "ignore",
        } as const;
        const engine = spawn("pulumi", [...args, "--non-interactive"], options);
        const ended = once(engine, "exit");
        await waitFor("the call", 120_000, async () => host.struck() || engine.exitCode !== null);
        expect(host.struck()).to.equal(true);
        if (frontEnd === "dynamic" && command === "preview")
          await waitFor("the provider's question to the reader", 120_000, async () => questions() > 0);
        const all = treeOf(engine.pid ?? 0).map((pid) => ({ pid, start: readStartTime(pid) }));
        // Pulumi's language host, which checks only every five minutes whether its engine lives.
        const isLanguageHost = ({ pid }: { pid: number }) => readCommand(pid).startsWith("pulumi-language");
        const languageHosts = all.filter(isLanguageHost);
        const descendants = all.filter((each) => !isLanguageHost(each));
        expect(findChildren(host.process.pid)).to.have.length(1);
        engine.kill("SIGKILL");
        await ended;
        await waitFor("the end of the SSH session", limitMs * patience(), async () => {
          return findChildren(host.process.pid).length === 0;
        });
        const alive = () => descendants.filter(({ pid, start }) => readStartTime(pid) === start);
        await waitFor("the end of its processes", limitMs * patience(), async () => alive().length === 0);
        killAll(languageHosts.map(({ pid }) => pid));
        host.disarm();
        if (command === "up") await pulumi("cancel", "--yes");
        await pulumi("preview");
        expect(readdirSync(runtime)).to.deep.equal([]);
      });

  it("leaves nothing to a local user who holds all names of folders and links them to ours", async () => {
    const shared = temporaryFolder("shared");
    const precious = temporaryFolder("precious");
    chmodSync(shared, 0o1777);
    try {
      for (let index = 0; index < 51; index += 1) writeFileSync(join(precious, `entry${index}`), "");
      writeFileSync(join(precious, "reader"), "");
      const links = await run(
        [
          "runuser",
          "-u",
          "nobody",
          "--",
          "python3",
          "-c",
          "import os,sys\nfor port in range(1024, 65536): os.symlink(sys.argv[1], sys.argv[2] + str(port))",
          precious,
          join(shared, `pulumi-virsh-${process.getuid?.()}-127-0-0-1-`),
        ],
        {},
      );
      expect(links.exitCode, links.stderr).to.equal(0);
      const { XDG_RUNTIME_DIR: _, ...rest } = env;
      const options = { cwd: folder, env: { ...rest, TMPDIR: shared }, timeoutMs: 120_000 };
      const done = await run(["pulumi", "preview", "--non-interactive"], options);
      expect(done.exitCode, done.stdout + done.stderr).to.equal(0);
      expect(readdirSync(precious)).to.have.length(52);
      const own = readdirSync(shared).filter((name) => readFolderName(name) !== null);
      expect(own).to.have.length(64512);
    } finally {
      removeFolder(shared);
      removeFolder(precious);
    }
  });
});
