import { assert } from "chai";
import { closeConnections, connectionTo } from "../../provider/host/session.ts";
import { expectHosts, snapshotOf } from "../../provider/host/snapshot.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { countedHost } from "../support/countedHost.ts";

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
