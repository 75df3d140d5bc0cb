import { expect } from "chai";
import * as virsh from "../../provider/index.ts";
import { sandbox, testName } from "../support/sandbox.ts";
import { makeStack } from "../support/stack.ts";

describe("secrets", function () {
  this.timeout(300_000);

  it("a console's password is in no state, preview or log, and changes live", async () => {
    const { uri: host, domainType: type } = await sandbox();
    let password = "hunter2";
    const stack = await makeStack(async () => {
      const db = new virsh.Domain("db", {
        host,
        name: testName("secrets"),
        type,
        memory: "32 MiB",
        running: true,
        forceOff: true,
        shutdownTimeoutSeconds: 0,
        xml: `<domain><devices><graphics type='vnc' passwd='${password}'/></devices></domain>`,
      });
      return { xml: db.xml, pending: db.pendingRestart };
    });
    try {
      const said = [await stack.preview(), await stack.up(), await stack.preview()];
      expect(said[2]?.steps.filter(({ op }) => op !== "same")).to.deep.equal([]);
      password = "correct1";
      said.push(await stack.preview(), await stack.up(), await stack.refresh());
      expect(said[3]?.diagnostics.join("")).to.contain(
        "devices/graphics[vnc]/@passwd [secret] → [secret] (live)",
      );
      const shown = `${JSON.stringify(said)}${stack.stateText()}`;
      expect([...shown.matchAll(/.{0,160}(?:hunter2|correct1).{0,80}/g)].map(String)).to.deep.equal([]);
      expect(shown).to.contain(testName("secrets"));
      expect(shown).not.to.match(/BEGIN [A-Z ]*PRIVATE KEY/);
      const secrets = Object.values(await stack.stack.outputs()).filter(({ secret }) => secret);
      expect(secrets.map(({ value }) => String(value)).join("")).to.contain("correct1");
    } finally {
      await stack.destroy();
      await stack.remove();
    }
  });
});
