import { expect } from "chai";
import { openActivity } from "../../provider/host/activity/reader.ts";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { localConnection } from "../../provider/host/connection/local.ts";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain, readHost } from "../../provider/host/read/read.ts";
import { findChildren, waitFor } from "../../tools/sandbox/processes.ts";
import { fails, runTrue } from "../support/connections.ts";
import { type FaultyHost, startFaultyHost } from "../support/faults.ts";
import { sandbox } from "../support/sandbox.ts";

const MiB = 1024 * 1024;

describe("output without end", function () {
  this.timeout(300_000);
  let host: FaultyHost;
  const connections: readonly [string, () => Connection][] = [
    ["this machine", () => localConnection("qemu:///system")],
    ["a host", () => connectionTo(host.uri())],
  ];
  before(async () => {
    await sandbox();
    host = await startFaultyHost();
  });
  after(() => host.remove());

  const commands: readonly [string, readonly string[]][] = [
    ["standard output", ["yes"]],
    ["standard error", ["sh", "-c", "exec yes >&2"]],
  ];
  for (const [place, connect] of connections)
    for (const [stream, argv] of commands)
      it(`of ${place}, on ${stream}: ends with the session at the limit, and is told`, async () => {
        const connection = connect();
        const children = findChildren(process.pid).length;
        await runTrue(connection);
        const before = process.memoryUsage().rss;
        const error = await fails(connection.run([{ argv }]), "outputTooLong", /16 MiB/);
        expect(error.message).to.contain(connection.host);
        expect(process.memoryUsage().rss - before).to.be.below(256 * MiB);
        expect(await runTrue(connection)).to.have.length(1);
        await waitFor("its end", 30_000, async () => findChildren(process.pid).length <= children);
      });

  const readers: readonly [string, (connection: Connection) => Promise<unknown>][] = [
    ["all domains", readHost],
    ["one domain", (connection) => readDomain(connection, "some")],
    ["what guests do", (connection) => openActivity(connection, [])],
  ];
  for (const [name, read] of readers)
    it(`of virsh, asked for ${name}: is an error with the host's name`, async () => {
      const connection = connectionTo(host.uri());
      host.arm("flood", ".", { always: true });
      const error = await fails(read(connection), "outputTooLong");
      host.disarm();
      expect(error.message).to.contain(connection.host);
      await waitFor("its end", 30_000, async () => (await host.running()) === "");
    });
});
