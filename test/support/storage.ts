import type { Connection } from "../../provider/host/connection/connection.ts";
import { connectionTo } from "../../provider/host/connections.ts";
import { beginRun } from "../../provider/host/process/perRun.ts";
import { runOne, virsh } from "../../provider/host/virsh/virsh.ts";
import type { Arguments } from "../../provider/model/arguments/field.ts";
import type { StorageKindName } from "../../provider/model/arguments/kinds.ts";
import { storageKinds } from "../../provider/model/arguments/kinds.ts";
import { operationsOf } from "../../provider/operations/all.ts";
import type { Difference } from "../../provider/operations/diff.ts";
import type { ResourcePreview } from "../../provider/operations/preview.ts";
import type { LastApplied } from "../../provider/operations/remembered.ts";
import type { Made } from "../../provider/operations/resource.ts";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import { removePool } from "../../tools/sandbox/sweep.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";
import { sandbox, testName } from "./sandbox.ts";

/** A storage pool of a test, changed through the resource operations and inspected through virsh. */
export interface TestStorage {
  /** Name of the pool. */
  readonly name: string;
  readonly folder: string;
  readonly connection: Connection;
  /** Lines about the progress of all that was made so far. */
  readonly shown: readonly string[];
  create(kind: StorageKindName, args: Arguments): Promise<Made>;
  update(kind: StorageKindName, recorded: Arguments, args: Arguments, last?: LastApplied): Promise<Made>;
  remove(kind: StorageKindName, args: Arguments, last?: LastApplied): Promise<readonly string[]>;
  /** Compares now, as a new run does. */
  diff(kind: StorageKindName, recorded: Arguments, args?: Arguments): Promise<Difference>;
  preview(kind: StorageKindName, args: Arguments): Promise<ResourcePreview>;
  read(kind: StorageKindName, args: Arguments): Promise<Arguments | null>;
  virsh(...words: string[]): Promise<string>;
  end(): Promise<void>;
}

/** Makes names for a pool in a folder that QEMU can enter; the pool itself is not made. */
export async function testStorage(label: string, at?: string): Promise<TestStorage> {
  const host = at ?? (await sandbox()).uri;
  const connection = connectionTo(host);
  const name = testName(label);
  const folder = temporaryFolder(label, imagesFolder());
  await mustRun(["chmod", "755", folder]);
  const placed = (kind: StorageKindName, args: Arguments): Arguments =>
    kind === "StoragePool" ? { host, name, path: folder, ...args } : { host, pool: name, ...args };
  const shown: string[] = [];
  const show = (line: string) => void shown.push(line);
  const ask = (kind: StorageKindName) => operationsOf(storageKinds[kind]);
  return {
    name,
    folder,
    connection,
    shown,
    create: (kind, args) => ask(kind).create(placed(kind, args), show),
    update: (kind, recorded, args, last = { isOurs: true }) =>
      ask(kind).update(placed(kind, recorded), placed(kind, args), last, show),
    remove: (kind, args, last = { isOurs: true }) => {
      beginRun();
      return ask(kind).remove(placed(kind, args), last);
    },
    diff: (kind, recorded, args = recorded) => {
      beginRun();
      return ask(kind).diff(placed(kind, recorded), placed(kind, args), {});
    },
    preview: (kind, args) => {
      beginRun();
      return ask(kind).preview(null, placed(kind, args));
    },
    read: async (kind, args) => {
      beginRun();
      return (await ask(kind).read({ id: "", outputs: placed(kind, args) }, {}))?.inputs ?? null;
    },
    virsh: async (...words) => (await runOne(connection, words.join(" "), virsh(connection, words))).stdout,
    end: async () => {
      await removePool(name);
      removeFolder(folder);
    },
  };
}

/** Makes a qcow2 image that reads from another image what it does not hold itself. */
export async function makeOverlay(
  path: string,
  below: string,
  { format = "qcow2", size = "" }: { readonly format?: string; readonly size?: string } = {},
): Promise<void> {
  const backing = ["-b", below, "-F", format];
  await mustRun(["qemu-img", "create", "-q", "-f", "qcow2", ...backing, path, ...(size ? [size] : [])]);
}
