import { expect } from "chai";
import { HostError } from "../../provider/errors.ts";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { interruptedBy } from "../../provider/host/connection/interruption.ts";
import { connectionTo } from "../../provider/host/connections.ts";
import { run } from "../../tools/sandbox/run.ts";
import { patience } from "../support/patience.ts";
import { sandbox } from "../support/sandbox.ts";

const hosts: readonly { name: string; connect: () => Promise<Connection> }[] = [
  { name: "over SSH", connect: async () => connectionTo((await sandbox()).uri) },
  { name: "on this machine", connect: async () => connectionTo("qemu:///system") },
];

/** A sleep that no other process has. */
const sleep = ["sleep", `30.${process.pid}`];

/** Interrupts a long command and returns its outcome. */
function interrupt(connection: Connection, afterMs: number): Promise<unknown> {
  const signal = AbortSignal.timeout(afterMs);
  return interruptedBy(signal, () => connection.run([{ argv: sleep }])).then(
    () => null,
    (cause: unknown) => cause,
  );
}

describe("interrupts", () => {
  // An interrupt does not end what runs on the host.
  after(() => run(["pkill", "-f", `^${sleep.join(" ")}$`]));

  for (const { name, connect } of hosts) {
    it(`end a command that runs ${name} within a second, and the connection lives on`, async () => {
      const connection = await connect();
      await connection.run([{ argv: ["true"] }]);
      const begin = Date.now();
      const error = await interrupt(connection, 500);
      expect(Date.now() - begin).to.be.lessThan(500 + 1000 * patience());
      expect(error).to.be.instanceOf(HostError);
      expect((error as HostError).code).to.equal("interrupted");
      const [after] = await connection.run([{ argv: ["echo", "alive"] }]);
      expect(after?.stdout).to.equal("alive\n");
    });

    it(`start nothing ${name} afterwards`, async () => {
      const connection = await connect();
      const error = await interruptedBy(AbortSignal.abort(), () => connection.run([{ argv: ["true"] }])).then(
        () => null,
        (cause: unknown) => cause,
      );
      expect((error as HostError).code).to.equal("interrupted");
      expect((error as HostError).message).to.contain("nothing was sent");
    });
  }
});
