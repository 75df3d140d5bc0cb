import type { Connection } from "../../provider/host/connection/connection.ts";
import { connectionTo } from "../../provider/host/connections.ts";
import { beginRun } from "../../provider/host/process/perRun.ts";
import { readDomain } from "../../provider/host/read/read.ts";
import { forgetSnapshot } from "../../provider/host/read/snapshot.ts";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { KindName } from "../../provider/model/arguments/kinds.ts";
import { kinds } from "../../provider/model/arguments/kinds.ts";
import { deleteResource } from "../../provider/operations/delete.ts";
import type { Difference } from "../../provider/operations/diff.ts";
import { diffResource } from "../../provider/operations/diff.ts";
import { readResource } from "../../provider/operations/read.ts";
import { createResource, updateResource } from "../../provider/operations/resource.ts";
import type { DomainFacts } from "../../provider/plan/situation/facts.ts";
import { sandbox, testName } from "./sandbox.ts";

/** A guest of a test, changed through the resource handlers and inspected through virsh. */
export interface TestDomain {
  readonly name: string;
  readonly connection: Connection;
  /** `host` and `domain` for the parts of the guest. */
  readonly place: { readonly host: string; readonly domain: string };
  create(kind: KindName, args: Arguments): Promise<Arguments>;
  update(kind: KindName, recorded: Arguments, args: Arguments, uuid?: string): Promise<Arguments>;
  /** Previews now; returns the lines. */
  preview(kind: KindName, recorded: Arguments, args?: Arguments): Promise<Difference>;
  /** Refreshes now; returns what it finds. */
  read(kind: KindName, recorded: Arguments): Promise<Arguments | null>;
  delete(kind: KindName, recorded: Arguments): Promise<readonly string[]>;
  /** Runs a virsh command on the guest; the domain's name follows the command. */
  virsh(command: string, ...rest: string[]): Promise<string>;
  facts(): Promise<DomainFacts>;
  remove(): Promise<void>;
}

/** Default `uri`: the sandbox's host. */
export async function testDomain(name: string, uri?: string): Promise<TestDomain> {
  const host = uri ?? (await sandbox()).uri;
  const connection = connectionTo(host);
  const full = testName(name);
  const placed = (kind: KindName, args: Arguments): Arguments =>
    kind === "Domain" ? { host, name: full, ...args } : { host, domain: full, ...args };
  return {
    name: full,
    connection,
    place: { host, domain: full },
    create: async (kind, args) => (await createResource(kinds[kind], placed(kind, args))).outputs,
    update: async (kind, recorded, args, uuid) =>
      (await updateResource(kinds[kind], placed(kind, recorded), placed(kind, args), { uuid })).outputs,
    preview: (kind, recorded, args = recorded) => {
      forgetSnapshot(connection);
      const uuid = kind === "Domain" ? (recorded.uuid as string | undefined) : undefined;
      return diffResource(kinds[kind], placed(kind, recorded), placed(kind, args), { uuid });
    },
    read: async (kind, recorded) => {
      forgetSnapshot(connection);
      const args = placed(kind, recorded);
      return (await readResource(kinds[kind], { id: "", outputs: args }))?.inputs ?? null;
    },
    delete: (kind, recorded) => {
      beginRun();
      return deleteResource(kinds[kind], placed(kind, recorded));
    },
    virsh: async (command, ...rest) =>
      (await runOne(connection, `virsh ${command}`, virsh(connection, [command, full, ...rest]))).stdout,
    facts: async () => {
      const { domain } = await readDomain(connection, full);
      if (!domain) throw new Error(`there is no domain ${full}`);
      return domain;
    },
    remove: async () => {
      await connection.run(
        [virsh(connection, ["destroy", full]), virsh(connection, ["undefine", full, "--managed-save"])],
        {
          keepGoing: true,
        },
      );
    },
  };
}

/** Returns the error of an action that must fail. */
export async function failureOf(act: Promise<unknown>): Promise<Error> {
  const outcome = await act.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error("it did not fail");
  return outcome;
}
