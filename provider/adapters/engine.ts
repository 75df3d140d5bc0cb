import { credentials } from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb.js";
import type { HostError } from "../errors.ts";
import { forRun } from "../host/process/perRun.ts";
import { refusalsOf } from "../operations/findings/obstacles.ts";
import { safeText } from "../operations/safeText.ts";
import { isPreviewStrict } from "../operations/settings.ts";
import type { Show } from "../plan/storage/progress.ts";

let client: EngineClient | null = null;
let engine = "";

const options = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  // Otherwise a client of an ended engine can delay the client of a new engine at the same port.
  "grpc.use_local_subchannel_pool": 1,
};

/** Sets the engine's address. When somebody debugs the plugin, several engines attach one after another. */
export function connectEngine(address: string): void {
  if (address === engine) return;
  client?.close();
  client = new EngineClient(address, credentials.createInsecure(), options);
  engine = address;
}

const severities = {
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
} as const;

/** Shows a message under a resource, or under the stack without a URN. Waits until the engine has received it. */
export function log(severity: keyof typeof severities, message: string, urn = ""): Promise<void> {
  const to = client;
  if (!to) {
    console.error(safeText(message));
    return Promise.resolve();
  }
  // Ignore failures: an engine that is shutting down needs no messages.
  return new Promise((resolve) => to.log(requestOf(severity, message, urn), () => resolve()));
}

function requestOf(severity: keyof typeof severities, message: string, urn: string): LogRequest {
  const request = new LogRequest();
  request.setSeverity(severities[severity]);
  request.setMessage(safeText(message));
  request.setUrn(urn);
  return request;
}

/**
 * Shows lines under a resource while it is worked on, each in place of the one before. The engine shows them on a terminal
 * only, and keeps none.
 */
export function showUnder(urn: string): Show {
  return (line) => {
    const request = requestOf("info", line, urn);
    request.setEphemeral(true);
    client?.log(request, () => {});
  };
}

const unreachable = forRun(() => new Set<string>());

/** Warns once per host, or per domain that is busy, not per resource. */
export async function warnUnreachable({ code, message }: HostError, urn: string): Promise<void> {
  if (unreachable().has(message)) return;
  unreachable().add(message);
  const whole = code === "domainBusy" ? "domain" : "host";
  await log("warning", `${message}\nnot compared: this and the other resources of this ${whole}`, urn);
}

/**
 * Reports under a resource what `up` would refuse.
 * @throws Error when the preview must fail
 */
export async function printRefusals(preview: Parameters<typeof refusalsOf>[0], urn: string): Promise<void> {
  const refusals = refusalsOf(preview);
  if (isPreviewStrict() && refusals.length > 0) throw new Error(refusals.join("\n"));
  if (preview.obstacles.length > 0) await log("error", preview.obstacles.join("\n"), urn);
}
