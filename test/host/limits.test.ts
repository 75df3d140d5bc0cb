import { copyFileSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { join } from "node:path";
import { assert } from "chai";
import { readHost } from "../../provider/host/read/read.ts";
import { findChildren, readCommand, waitFor } from "../../tools/sandbox/processes.ts";
import { run } from "../../tools/sandbox/run.ts";
import { type Client, fails, makeClient, runTrue } from "../support/connections.ts";
import { startHost, type TestHost } from "../support/hosts.ts";
import { patience } from "../support/patience.ts";

/** Sets both limits of the environment for one test. */
async function within(seconds: number, act: () => Promise<unknown>): Promise<number> {
  process.env.PULUMI_VIRSH_CONNECT_SECONDS = String(seconds);
  const start = performance.now();
  try {
    await act();
  } finally {
    delete process.env.PULUMI_VIRSH_CONNECT_SECONDS;
  }
  return (performance.now() - start) / 1000;
}

describe("limits of a connection", () => {
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

  for (const maxSessions of [1, 2]) {
    it(`queues sessions where the server allows ${maxSessions}`, async () => {
      const narrow = await startHost({ maxSessions });
      try {
        const connection = client.connect(narrow.uri());
        const all = await Promise.all(
          Array.from({ length: 12 }, (_, i) => connection.run([{ argv: ["echo", String(i)] }])),
        );
        assert.deepEqual(
          all.map(([one]) => one?.stdout),
          Array.from({ length: 12 }, (_, i) => `${i}\n`),
        );
      } finally {
        await narrow.remove();
      }
    });
  }

  it("ends, and says why, where the server allows no session", async () => {
    const closed = await startHost({ maxSessions: 0 });
    try {
      await fails(runTrue(client.connect(closed.uri())), "sessionRefused", /MaxSessions/);
    } finally {
      await closed.remove();
    }
  });

  it("tries again where the server hangs up on too many logins (MaxStartups 1)", async () => {
    const busy = await startHost({ maxStartups: 1 });
    try {
      const all = await Promise.all([1, 2, 3, 4, 5, 6].map(() => runTrue(client.connect(busy.uri()))));
      assert.lengthOf(all, 6);
    } finally {
      await busy.remove();
    }
  });

  it("gives up on a server that always hangs up, within its time limit", async () => {
    const server = createServer((socket) => takeAll(socket.end()));
    const port = await listen(server);
    const seconds = await within(2, () =>
      fails(
        runTrue(client.connect(`qemu+ssh://root@127.0.0.1:${port}/system`)),
        "unreachable",
        /MaxStartups/,
      ),
    );
    server.close();
    assert.isBelow(seconds, 2 + 2 * patience());
  });

  it("gives up on a server that never greets, within its time limit", async () => {
    const server = createServer(takeAll);
    const port = await listen(server);
    const seconds = await within(1, () =>
      fails(
        runTrue(client.connect(`qemu+ssh://root@127.0.0.1:${port}/system`)),
        "timedOut",
        /can't connect to 127\.0\.0\.1 port \d+[\s\S]*PULUMI_VIRSH_CONNECT_SECONDS/,
      ),
    );
    server.close();
    assert.isBelow(seconds, 1 + 2 * patience());
  });

  it("gives up on a ProxyCommand that says nothing, and ends it", async () => {
    client.configure("Host hv\n  ProxyCommand sleep 61.25\n");
    const seconds = await within(1, () =>
      fails(runTrue(client.connect("qemu+ssh://root@hv/system")), "timedOut"),
    );
    assert.isBelow(seconds, 1 + 2 * patience());
    await waitFor("the command to end", 20_000, async () => {
      return !findChildren(process.pid).some((pid) => readCommand(pid) === "sleep");
    });
  });

  it("gives up on an agent that says nothing, goes on with key files, and the process ends", async () => {
    const server = createServer(takeAll);
    const socket = join(client.folder, "silent-agent");
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    const probe = async (uri: string) => {
      const told = await run([process.execPath, require.resolve("../support/probe.js"), uri], {
        env: {
          ...process.env,
          SSH_AUTH_SOCK: socket,
          PULUMI_VIRSH_CONNECT_SECONDS: String(Math.ceil(3 * patience())),
        },
        timeoutMs: Math.ceil(10_000 * patience()),
      });
      assert.equal(told.exitCode, 0, told.stderr);
      return JSON.parse(told.stdout) as { code?: string; message?: string; libvirtVersion?: number };
    };
    try {
      const refused = await probe(host.uri().replace(host.keyfile, "/nowhere"));
      assert.equal(refused.code, "authenticationRefused");
      assert.match(refused.message ?? "", /no answer from the agent/);
      const usual = join(client.folder, ".ssh", "id_ed25519");
      copyFileSync(host.keyfile, usual);
      const found = await probe(host.uri().replace(/keyfile=[^&]*&/, ""));
      rmSync(usual);
      assert.isAbove(found.libvirtVersion ?? 0, 0, found.message);
    } finally {
      server.close();
    }
  });

  it("shares its time limit among jump hosts", async () => {
    const server = createServer(takeAll);
    const port = await listen(server);
    client.configure(
      `Host one\n  HostName 127.0.0.1\n  Port ${host.port}\n  User root\n  IdentityFile ${host.keyfile}\n  UserKnownHostsFile ${host.knownHosts}\nHost hv\n  HostName 127.0.0.1\n  Port ${port}\n  ProxyJump one\n`,
    );
    const seconds = await within(2, () =>
      fails(runTrue(client.connect("qemu+ssh://root@hv/system")), "timedOut"),
    );
    server.close();
    assert.isBelow(seconds, 2 + 2 * patience());
  });

  it("refuses a time limit that is none, before it connects", () =>
    within(Number.NaN, () =>
      fails(runTrue(client.connect(host.uri())), "settingUnusable", /PULUMI_VIRSH_CONNECT_SECONDS is "NaN"/),
    ));

  const lost: readonly { name: string; uri: string; code: "unreachable" | "timedOut"; says: RegExp }[] = [
    {
      name: "nobody listens",
      uri: "qemu+ssh://root@127.0.0.1:1/system",
      code: "unreachable",
      says: /is sshd running/,
    },
    {
      name: "no such name",
      uri: "qemu+ssh://root@no-such-host.invalid/system",
      code: "unreachable",
      says: /DNS/,
    },
  ];
  for (const { name, uri, code, says } of lost) {
    it(`says it: ${name}`, () => fails(runTrue(client.connect(uri)), code, says));
  }

  // In a network namespace, 198.51.100.0/24 has no route, and 203.0.113.0/24 loses every packet.
  const routes: readonly { name: string; host: string; code: string; says: RegExp }[] = [
    { name: "no route", host: "198.51.100.7", code: "unreachable", says: /no route/ },
    { name: "packets that are lost", host: "203.0.113.7", code: "timedOut", says: /firewalls/ },
  ];
  for (const { name, host: address, code, says } of routes) {
    it(`says it within its time limit, and the process ends: ${name}`, async () => {
      const network = "ip link set lo up && ip route add 203.0.113.0/24 dev lo";
      const probe = [
        "sh",
        "-c",
        `${network} && exec "$@"`,
        "sh",
        process.execPath,
        require.resolve("../support/probe.js"),
      ];
      const start = performance.now();
      const told = await run(["unshare", "-n", ...probe, `qemu+ssh://root@${address}/system`], {
        env: { ...process.env, PULUMI_VIRSH_CONNECT_SECONDS: "2" },
      });
      assert.equal(told.exitCode, 0, told.stderr);
      const failure = JSON.parse(told.stdout) as { code: string; message: string };
      assert.equal(failure.code, code, failure.message);
      assert.match(failure.message, says);
      assert.isBelow(performance.now() - start, 2_000 + 4_000 * patience());
    });
  }

  const ways: readonly { name: string; lines: (host: TestHost) => string }[] = [
    { name: "directly", lines: () => "" },
    { name: "through a jump host", lines: () => "  ProxyJump one\n" },
    {
      name: "by a ProxyCommand",
      lines: (of) =>
        `  ProxyCommand ssh -F none -o UserKnownHostsFile=${of.knownHosts} -i ${of.keyfile} -p ${of.port} -W %h:%p root@127.0.0.1\n`,
    },
  ];
  for (const { name, lines } of ways) {
    it(`does not keep the process alive when it is idle: connected ${name}`, async () => {
      const common = `  HostName 127.0.0.1\n  Port ${host.port}\n  User root\n  IdentityFile ${host.keyfile}\n  UserKnownHostsFile ${host.knownHosts}\n`;
      client.configure(`Host one\n${common}Host hv\n${common}${lines(host)}`);
      const { libvirtVersion } = (await readHost(client.connect("qemu+ssh://hv/system"))).host;
      const probe = require.resolve("../support/probe.js");
      const told = await run([process.execPath, probe, "qemu+ssh://hv/system"], {
        timeoutMs: Math.ceil(10_000 * patience()),
      });
      assert.equal(told.exitCode, 0, told.stderr);
      assert.deepEqual(JSON.parse(told.stdout), { libvirtVersion });
    });
  }
});

/** Says nothing, but reads on, so that the connection ends with its client. */
function takeAll(socket: Socket): void {
  socket.on("error", () => {}).resume();
}

function listen(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : 0);
    });
  });
}
