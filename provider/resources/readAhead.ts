import { join } from "node:path";
import { Worker } from "node:worker_threads";
import * as pulumi from "@pulumi/pulumi";
import { aheadFolder, aheadNames } from "../ahead.ts";
import { makePrivate, removePrivate, removeSocket } from "../privateFolder.ts";

/** The reader thread; `null` when this run has none, `undefined` before it starts. */
let reader: Worker | null | undefined;
const posted = new Set<string>();
const storageKinds: ReadonlySet<string> = new Set(["StoragePool", "Volume"]);

/**
 * Reads a host in a separate thread while the program declares its resources, which takes as long as connecting: the
 * engine starts the provider's process only afterwards. The provider takes the result from there, or reads by itself.
 * Only previews do this, so that an update has one connection to each host.
 */
export function readAhead(host: unknown, kind: string): void {
  if (reader === undefined) reader = pulumi.runtime.isDryRun() ? startReader() : null;
  // Post each host once, and once for its storage: a message costs the program half a millisecond.
  const isStorage = storageKinds.has(kind);
  const key = `${isStorage} ${host}`;
  if (typeof host !== "string" || posted.has(key)) return;
  posted.add(key);
  reader?.postMessage({ host, isStorage });
}

function startReader(): Worker | null {
  const engine = process.env.PULUMI_NODEJS_ENGINE;
  if (!engine) return null;
  const folder = aheadFolder(engine);
  if (!makePrivate(folder)) {
    void pulumi.log.debug(`hosts are not read ahead: ${folder} is not this user's alone`);
    return null;
  }
  // Remove the sockets that an earlier engine at this address left.
  for (const name of aheadNames) removeSocket(folder, name);
  const remove = () => removePrivate(folder, aheadNames);
  process.on("exit", remove);
  const hosts = new pulumi.Config("virsh").get("hosts") ?? "";
  const worker = new Worker(join(__dirname, "../host/ahead/reader.js"), {
    workerData: { folder, hosts },
  });
  worker.on("error", () => {});
  worker.on("exit", remove);
  worker.unref();
  return worker;
}
