import { readFileSync } from "node:fs";
import { assert } from "chai";
import { closeConnections, connectionTo } from "../../provider/host/session.ts";
import { expectHosts, snapshotOf } from "../../provider/host/snapshot.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { startHost, type TestHost } from "../support/hosts.ts";

/** A host whose connections and sessions are counted on its own side. */
async function countedHost(): Promise<TestHost & { sessions(): number; logins(): number }> {
  const host = await startHost({ lines: ["LogLevel VERBOSE"] });
  const count = (text: string) => readFileSync(host.log, "utf8").split(text).length - 1;
  return {
    ...host,
    sessions: () => count("Starting session:"),
    logins: () => count("Accepted publickey"),
  };
}

describe("reading ahead", () => {
  afterEach(() => closeConnections());

  it("reads the expected hosts with the first question, each in one session of one connection", async () => {
    const [first, second] = [await countedHost(), await countedHost()];
    try {
      expectHosts([first.uri(), second.uri(), "qemu+ssh://root@127.0.0.1:1/system"]);
      await Promise.all([1, 2, 3].map(() => snapshotOf(connectionTo(first.uri()))));
      await waitFor("the second host's session", 10_000, async () => second.sessions() > 0);
      await snapshotOf(connectionTo(second.uri()));
      for (const host of [first, second]) assert.deepEqual([host.logins(), host.sessions()], [1, 1]);
    } finally {
      await closeConnections();
      await first.remove();
      await second.remove();
    }
  });
});
