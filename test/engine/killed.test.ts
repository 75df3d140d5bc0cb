import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "chai";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { run } from "../../tools/sandbox/run.ts";
import { makeEngineEnvironment } from "../support/environment.ts";
import { startFaultyHost } from "../support/faults.ts";
import { killAll, treeOf } from "../support/processTree.ts";
import { sandbox, testName } from "../support/sandbox.ts";

const program = `
const virsh = require("pulumi-virsh");
const { VIRSH_HOST: host, NAME: name, TYPE: type } = process.env;
const db = new virsh.Domain("db", {
  host, name, type, memory: "32 MiB", machine: "q35", running: true, forceOff: true, shutdownTimeoutSeconds: 0,
});
const thread = new virsh.IoThread("io", { host, domain: db.name, ioThreadId: 1, pollMaxNs: 16000 });
new virsh.IoThreadPin("io", { host, domain: db.name, ioThread: thread.ioThreadId, cpuset: "0" });
`;

/** Calls of virsh at which the engine and all its descendants are killed, one run each. */
const kills = [" define /dev/stdin", " start ", " iothreadadd ", " iothreadset ", " iothreadpin "];

describe("pulumi up that is killed between any two steps", function () {
  this.timeout(900_000);

  it("leaves its lock, and with that gone the next up goes on; at the end nothing is forgotten", async () => {
    const { domainType } = await sandbox();
    const host = await startFaultyHost();
    const name = testName("killed");
    const folder = mkdtempSync(join(tmpdir(), "pulumi-virsh-killed-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: killed\nruntime: nodejs\nmain: index.js\n");
    writeFileSync(join(folder, "package.json"), '{"name":"killed","main":"index.js"}');
    writeFileSync(join(folder, "index.js"), program);
    symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
    const goOn = join(folder, "go-on");
    const engine = await makeEngineEnvironment();
    const env = { ...engine, VIRSH_HOST: host.uri(), NAME: name, TYPE: domainType };
    const options = { cwd: folder, env, timeoutMs: 240_000 };
    const pulumi = (...args: string[]) => run(["pulumi", ...args, "--non-interactive"], options);
    const must = async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await pulumi(...args);
      expect(exitCode, stdout + stderr).to.equal(0);
      return stdout + stderr;
    };
    const up = ["up", "--yes", "--skip-preview"];
    const read = async () => (await readDomain(connectionTo(host.uri()), name)).domain;
    try {
      await must("stack", "init", "dev");
      for (const at of kills) {
        // The call still runs when its caller has died and its connection has ended, so that it is the script's last.
        host.arm("otherFirst", at, { other: `until [ -e '${goOn}' ]; do sleep 0.1; done` });
        const killed = spawn("pulumi", [...up, "--non-interactive"], { cwd: folder, env, stdio: "ignore" });
        const ended = once(killed, "exit");
        await waitFor(`virsh${at}`, 240_000, async () => host.struck() || killed.exitCode !== null);
        expect(host.struck(), `virsh${at} was never called`).to.equal(true);
        killAll(treeOf(killed.pid ?? 0));
        await ended;
        await waitFor("the end of the connection", 60_000, async () => host.sessionProcesses().length === 0);
        writeFileSync(goOn, "");
        await waitFor("its end", 30_000, async () => (await host.running()) === "");
        host.disarm();
        rmSync(goOn);
        const refused = await pulumi(...up);
        expect(refused.stdout + refused.stderr).to.match(/locked by[\s\S]*pulumi cancel/);
        expect(refused.exitCode).not.to.equal(0);
        await must("cancel", "--yes");
      }
      await must(...up);
      await must("preview", "--expect-no-changes");
      const domain = await read();
      expect(domain?.state).to.equal("running");
      expect(domain?.ioThreads).to.have.length(1);
      expect(domain?.ioThreads[0]).to.include({ id: 1, pollMaxNs: 16000, cpusAllowed: "0" });
      expect(host.leftovers()).to.deep.equal([]);
      await must("destroy", "--yes", "--skip-preview");
      expect(await read()).to.equal(null);
    } finally {
      host.disarm();
      rmSync(folder, { recursive: true, force: true });
      await host.remove();
    }
  });
});
