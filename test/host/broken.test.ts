import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { HostErrorCode } from "../../provider/errors.ts";
import { readHost } from "../../provider/host/read/read.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { findProgram } from "../../tools/sandbox/run.ts";
import { type Client, fails, makeClient, runTrue } from "../support/connections.ts";
import { startHost, type TestHost } from "../support/hosts.ts";
import { patience } from "../support/patience.ts";

describe("connections that break", () => {
  let host: TestHost;
  let client: Client;
  before(async () => {
    client = makeClient();
    host = await startHost();
  });
  afterEach(() => client.reset());
  after(async () => {
    await host.remove();
    await client.remove();
  });
  const mark = (name: string) => join(client.folder, name);

  it("before a command: connects again, and the command runs once", async () => {
    const connection = client.connect(host.uri());
    await runTrue(connection);
    assert.isAbove(await host.drop(), 0);
    // Immediately, before this process has noticed.
    const append = ["sh", "-c", 'echo ran >>"$1"; cat "$1"', "sh", mark("before")];
    const [result] = await connection.run([{ argv: append }]);
    assert.equal(result?.stdout, "ran\n");
  });

  it("during a command: an error that names it, no later command starts, and the next call connects", async () => {
    const connection = client.connect(host.uri());
    const running = connection.run([
      { argv: ["sh", "-c", 'echo started >"$1"; sleep 1', "sh", mark("during")] },
      { argv: ["touch", mark("never")] },
    ]);
    const failure = fails(
      running,
      "connectionLost",
      /broke before the commands had ended on qemu\+ssh:\S+: sh -c …[\s\S]*unknown; it is read again/,
    );
    await waitFor("the command", 60_000, async () => existsSync(mark("during")));
    await host.drop();
    assert.notMatch((await failure).message, /[0-9a-f]{32}/, "what frames the answers");
    assert.lengthOf(await runTrue(connection), 1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.isFalse(existsSync(mark("never")));
  });

  it("after a command: what it said stands, and the next call connects", async () => {
    const connection = client.connect(host.uri());
    const [result] = await connection.run([{ argv: ["echo", "done"] }]);
    assert.equal(result?.stdout, "done\n");
    await host.drop();
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.lengthOf(await runTrue(connection), 1);
  });

  it("with eight commands at once: each fails or ran, and the next calls share one new connection", async () => {
    const connection = client.connect(host.uri());
    await runTrue(connection);
    const marks = Array.from({ length: 8 }, (_, index) => mark(`at-once-${index}`));
    // A command outlives its connection.
    const end = mark("at-once-end");
    const started = ["sh", "-c", 'echo started >"$2"; until [ -e "$1" ]; do sleep 0.1; done', "sh", end];
    const all = Promise.allSettled(marks.map((each) => connection.run([{ argv: [...started, each] }])));
    await waitFor("the commands", 60_000, async () => marks.every(existsSync));
    await host.drop();
    for (const each of await all) {
      assert.equal(each.status, "rejected");
      if (each.status === "rejected") assert.equal(each.reason.code, "connectionLost");
    }
    writeFileSync(end, "");
    await Promise.all(Array.from({ length: 8 }, () => runTrue(connection)));
    assert.equal(await host.drop(), 1);
  });

  it("without a word, as a network that is gone: connects again after the time limit", async () => {
    const connection = client.connect(host.uri());
    const seconds = Math.ceil(2 * patience());
    process.env.PULUMI_VIRSH_CONNECT_SECONDS = String(seconds);
    try {
      await runTrue(connection);
      for (const pid of host.sessionProcesses()) process.kill(pid, "SIGSTOP");
      const start = performance.now();
      assert.lengthOf(await runTrue(connection), 1);
      assert.isBelow(performance.now() - start, 2_500 * seconds);
    } finally {
      delete process.env.PULUMI_VIRSH_CONNECT_SECONDS;
      await host.drop();
    }
  });

  it("while the server is away: an error, and then it goes on as if nothing had been", async () => {
    const connection = client.connect(host.uri());
    await runTrue(connection);
    await host.drop();
    await host.stop();
    await fails(runTrue(connection), "unreachable", /is sshd running there/);
    await host.restart();
    assert.lengthOf(await runTrue(connection), 1);
  });

  it("by an interrupt: before it and during it, and the command is not waited for", async () => {
    const connection = client.connect(host.uri());
    const before = connection.run([{ argv: ["true"] }], { signal: AbortSignal.abort() });
    await fails(before, "interrupted", /nothing was done/);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 500);
    await fails(connection.run([{ argv: ["sleep", "30"] }], { signal: abort.signal }), "interrupted");
    assert.lengthOf(await runTrue(connection), 1);
  });
});

describe("logins that can't run virsh", () => {
  let client: Client;
  before(() => {
    client = makeClient();
  });
  after(() => client.remove());

  /** Makes a folder for PATH with these programs only. */
  const folderOf = async (name: string, programs: readonly string[]): Promise<string> => {
    const folder = join(client.folder, name);
    mkdirSync(folder);
    for (const program of programs) symlinkSync((await findProgram(program)) ?? "", join(folder, program));
    return folder;
  };

  const cases: readonly {
    name: string;
    lines: () => Promise<string>;
    code: HostErrorCode;
    says: RegExp;
  }[] = [
    {
      name: "no virsh",
      lines: async () => `SetEnv PATH=${await folderOf("some", ["sh", "timeout", "sed", "head", "id"])}`,
      code: "virshMissing",
      says: /can't read the domains on qemu\+ssh:\S+: virsh -c qemu:\/\/\/system list\n.*virsh.*\n.*apt-get install libvirt-clients/,
    },
    {
      name: "no timeout",
      lines: async () => `SetEnv PATH=${await folderOf("few", ["sh", "sed"])}`,
      code: "shellUnusable",
      says: /PATH of this login/,
    },
    {
      name: "no sh",
      lines: async () => "SetEnv PATH=/nowhere",
      code: "shellUnusable",
      says: /login shell did not run[\s\S]*sh: (?:command )?not found[\s\S]*no command was started/,
    },
    {
      name: "a login that is not allowed to run commands",
      lines: async () => "ForceCommand echo This account is not available.",
      code: "shellUnusable",
      says: /ForceCommand/,
    },
    {
      name: "a login for SFTP only",
      lines: async () => "ForceCommand internal-sftp",
      code: "shellUnusable",
      says: /ForceCommand/,
    },
  ];
  for (const { name, lines, code, says } of cases) {
    it(name, async () => {
      const host = await startHost({ lines: [await lines()] });
      try {
        await fails(readHost(client.connect(host.uri())), code, says);
      } finally {
        await client.reset();
        await host.remove();
      }
    });
  }
});
