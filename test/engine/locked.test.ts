import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { failureOf } from "../support/domains.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

describe("two updates of one stack at once", function () {
  this.timeout(300_000);

  it("the state's lock stops one of them, and nothing is lost", async () => {
    const { uri: host, domainType: type } = await sandbox();
    let goOn = () => {};
    const isStopped = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const stack = await makeStack(async () => {
      await isStopped;
      new virsh.Domain("db", {
        host,
        name: testName("locked"),
        type,
        memory: "32 MiB",
        running: true,
        forceOff: true,
        shutdownTimeoutSeconds: 0,
      });
    });
    const backend = String(stack.stack.workspace.envVars.PULUMI_BACKEND_URL).replace("file://", "");
    const locks = join(backend, ".pulumi/locks");
    const isLocked = async () =>
      existsSync(locks) &&
      readdirSync(locks, { recursive: true, encoding: "utf8" }).some((file) => file.endsWith(".json"));
    let first: Promise<unknown> = Promise.resolve();
    try {
      const running = stack.up();
      first = running;
      // Two updates that start at the same moment see each other's lock, and both may give up.
      await waitFor("the lock of the first update", 120_000, isLocked);
      expect((await failureOf(stack.up())).message).to.match(/locked/i);
      goOn();
      expect((await running).steps.map(({ op }) => op)).to.deep.equal(["create"]);
      expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
    } finally {
      goOn();
      await first.catch(() => {});
      await stack.destroy();
      await stack.remove();
    }
  });
});
