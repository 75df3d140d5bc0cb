import { join } from "node:path";
import { Worker } from "node:worker_threads";
import * as pulumi from "@pulumi/pulumi";
import { aheadFolder, aheadName } from "../ahead.ts";
import { makePrivate, removePrivate, removeSocket } from "../privateFolder.ts";

/** Null: there is none in this run. Absent: not started yet. */
let reader: Worker | null | undefined;
const posted = new Set<string>();

/**
 * Has a thread of its own read a host while the program declares its resources, which takes as long as connecting:
 * the engine starts the provider's process afterwards. It takes what was read from there, or reads by itself.
 * Previews only, so that an update has one connection to each host.
 */
export function readAhead(host: unknown): void {
  if (reader === undefined) reader = pulumi.runtime.isDryRun() ? startReader() : null;
  // Once each: a message costs the program half a millisecond.
  if (typeof host !== "string" || posted.has(host)) return;
  posted.add(host);
  reader?.postMessage(host);
}

function startReader(): Worker | null {
  const engine = process.env.PULUMI_NODEJS_ENGINE;
  if (!engine) return null;
  const folder = aheadFolder(engine);
  if (!makePrivate(folder)) {
    void pulumi.log.debug(`hosts are not read ahead: ${folder} is not this user's alone`);
    return null;
  }
  // One that an engine with this address left behind.
  removeSocket(folder, aheadName);
  const remove = () => removePrivate(folder, [aheadName]);
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
