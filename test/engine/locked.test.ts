import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

describe("two updates of one stack at once", function () {
  this.timeout(300_000);

  it("the state's lock stops one of them, and nothing is lost", async () => {
    const { uri: host, domainType: type } = await sandbox();
    const stack = await makeStack(async () => {
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
    try {
      const outcomes = await Promise.allSettled([stack.up(), stack.up()]);
      const refused = outcomes.filter((each) => each.status === "rejected");
      expect(refused.map(({ reason }) => String(reason)).join()).to.match(
        /lock|conflict|already in progress/i,
      );
      expect(refused).to.have.length(1);
      expect((await stack.preview()).steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
    } finally {
      await stack.destroy();
      await stack.remove();
    }
  });
});
