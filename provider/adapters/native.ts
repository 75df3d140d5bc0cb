#!/usr/bin/env node
/**
 * The front end for Pulumi's provider protocol: `pulumi-resource-virsh`, which the engine starts. It prints its port.
 * The engine's address is its argument, or arrives later when the engine attaches.
 */

import { Server, ServerCredentials } from "@grpc/grpc-js";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import { closeConnections } from "../host/connections.ts";
import { connectEngine } from "./engine.ts";
import { cancel } from "./native/interrupt.ts";
import { service } from "./native/service.ts";

const usage = `pulumi-resource-virsh [ENGINE]
Pulumi's provider plugin for libvirt hosts. Pulumi starts it: from plugins.providers in Pulumi.yaml, or by its name on
PATH. To debug it, start it by hand and set PULUMI_DEBUG_PROVIDERS=virsh:PORT for pulumi.
`;

function serve(engine: string | undefined): void {
  if (engine !== undefined) connectEngine(engine);
  const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
  const server = new Server(unlimited);
  server.addService(ResourceProviderService, service);
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      console.error(`can't listen: ${error.message}`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
  let isLeaving = false;
  const leave = () => {
    if (isLeaving) return;
    isLeaving = true;
    cancel();
    server.forceShutdown();
    void closeConnections().finally(() => process.exit(0));
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, leave);
  if (engine !== undefined) leaveAfterParent(leave);
}

/** Ends this process when its parent is gone: a killed engine sends no message. */
function leaveAfterParent(leave: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) leave();
  }, 1000);
}

const [engine] = process.argv.slice(2).filter((word) => !word.startsWith("-"));
if (process.argv.includes("--help")) process.stdout.write(usage);
else serve(engine);
