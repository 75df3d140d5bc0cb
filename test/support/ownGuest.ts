import type { PulumiFn } from "@pulumi/pulumi/automation";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { connectionTo } from "../../provider/host/connections.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { virsh as command, runOne } from "../../provider/host/virsh/virsh.ts";
import type * as virsh from "../../provider/index.ts";
import type { DomainFacts } from "../../provider/plan/situation/facts.ts";
import { sandbox, testName } from "./sandbox.ts";
import type { TestStack } from "./stack.ts";

/** Where the guest of the running test is. A test may change it. */
export interface Place {
  host: string;
  name: string;
  type: "kvm" | "qemu";
}

export interface OwnGuest {
  readonly at: Place;
  /** Arguments of the guest. */
  guest(): virsh.DomainArgs;
  /** Default: the guest at its present name. */
  facts(of?: string): Promise<DomainFacts | null>;
  /** Runs virsh on the host. */
  run(args: readonly string[], stdin?: string): Promise<unknown>;
  /** Makes the stack of the test. */
  start(program: PulumiFn): Promise<TestStack>;
}

let count = 0;

/**
 * Gives each test of a suite a name for a guest, which may get the suffix `-moved`, and a stack. Clears both up
 * without the engine, which takes ten times as long.
 */
export function ownGuests(label: string, make: (program: PulumiFn) => Promise<TestStack>): OwnGuest {
  const at: Place = { host: "", name: "", type: "qemu" };
  let connection: Connection;
  let stack: TestStack | undefined;
  beforeEach(async () => {
    const { uri, domainType } = await sandbox();
    Object.assign(at, { host: uri, type: domainType, name: testName(`${label}${++count}`) });
    connection = connectionTo(uri);
  });
  afterEach(async () => {
    await stack?.remove();
    const names = [at.name, `${at.name}-moved`].flatMap((each) => [
      command(connection, ["destroy", each]),
      command(connection, ["undefine", each]),
    ]);
    await connection.run(names, { keepGoing: true });
  });
  return {
    at,
    guest: () => ({
      ...at,
      memory: "32 MiB",
      running: true,
      forceOff: true,
      shutdownTimeoutSeconds: 0,
    }),
    facts: async (of = at.name) => (await readDomain(connection, of)).domain,
    run: (args, stdin) => runOne(connection, String(args[0]), command(connection, args, stdin)),
    start: async (program) => {
      stack = await make(program);
      return stack;
    },
  };
}
