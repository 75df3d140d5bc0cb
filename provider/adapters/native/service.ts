import type { handleUnaryCall, ServerUnaryCall, UntypedServiceImplementation } from "@grpc/grpc-js";
import { status } from "@grpc/grpc-js";
import type { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb.js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import {
  type CheckRequest,
  CheckResponse,
  type ConfigureRequest,
  ConfigureResponse,
  type DiffRequest,
  DiffResponse,
  type GetSchemaRequest,
  GetSchemaResponse,
  PropertyDiff,
  type ProviderHandshakeRequest,
  ProviderHandshakeResponse,
} from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { secretSettings } from "../../model/arguments/provider.ts";
import { connectEngine } from "../engine.ts";
import { check, openOf, printFailures } from "./check.ts";
import { checkConfiguration, configure } from "./configuration.ts";
import { diff } from "./diff.ts";
import { printFailure } from "./failure.ts";
import { invoke } from "./functions.ts";
import { cancel } from "./interrupt.ts";
import { create, read, remove, update } from "./resources.ts";
import { readSchema, readVersion } from "./schema.ts";
import { receive, send } from "./wire.ts";

/** Makes a gRPC method from an async function of the request. What the function throws becomes the error of the call. */
function unary<Request, Response>(
  answer: (request: Request) => Promise<Response> | Response,
): handleUnaryCall<Request, Response> {
  return (call: ServerUnaryCall<Request, Response>, respond) => {
    void (async () => answer(call.request))().then(
      (response) => respond(null, response),
      (error: unknown) => respond(printFailure(error)),
    );
  };
}

function handshake(request: ProviderHandshakeRequest): ProviderHandshakeResponse {
  connectEngine(request.getEngineAddress());
  const response = new ProviderHandshakeResponse();
  response.setAcceptSecrets(true);
  return response;
}

function getSchema(request: GetSchemaRequest): GetSchemaResponse {
  if (request.getVersion() !== 0) throw new Error(`schema version ${request.getVersion()}; there is only 0`);
  const response = new GetSchemaResponse();
  response.setSchema(readSchema());
  return response;
}

function checkConfig(request: CheckRequest): CheckResponse {
  const news = receive(request.getNews());
  const { values } = news;
  const secrets = new Set([...news.secrets, ...secretSettings]);
  const response = new CheckResponse();
  response.setFailuresList(printFailures(checkConfiguration(values), openOf({ values, secrets })));
  response.setInputs(send(values, secrets));
  return response;
}

/**
 * Never replaces the provider when a setting changes. The engine would replace all its resources, even those with
 * their own host: create them first, then remove the same guests. A resource without a host shows the new host by
 * itself.
 */
function diffConfig(request: DiffRequest): DiffResponse {
  const before = receive(request.getOldInputs() ?? request.getOlds()).values;
  const after = receive(request.getNews()).values;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...names].filter((name) => before[name] !== after[name]);
  const response = new DiffResponse();
  response.setHasdetaileddiff(true);
  response.setChanges(
    changed.length > 0 ? DiffResponse.DiffChanges.DIFF_SOME : DiffResponse.DiffChanges.DIFF_NONE,
  );
  for (const name of changed) {
    const entry = new PropertyDiff();
    entry.setKind(PropertyDiff.Kind.UPDATE);
    entry.setInputdiff(true);
    response.getDetaileddiffMap().set(name, entry);
  }
  return response;
}

function configured(request: ConfigureRequest): ConfigureResponse {
  const failures = configure(receive(request.getArgs()).values);
  if (failures.length > 0) throw new Error(failures.join("; "));
  const response = new ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setSupportspreview(true);
  return response;
}

function pluginInfo(): PluginInfo {
  const info = new PluginInfo();
  info.setVersion(readVersion());
  return info;
}

function unimplemented(method: string): handleUnaryCall<unknown, unknown> {
  return (_call, respond) =>
    respond({ code: status.UNIMPLEMENTED, details: `this provider has no ${method}: it has no components` });
}

export const service: UntypedServiceImplementation = {
  handshake: unary(handshake),
  attach: unary((request: PluginAttach) => {
    connectEngine(request.getAddress());
    return new Empty();
  }),
  getPluginInfo: unary(pluginInfo),
  getSchema: unary(getSchema),
  checkConfig: unary(checkConfig),
  diffConfig: unary(diffConfig),
  configure: unary(configured),
  check: unary(check),
  diff: unary(diff),
  create: unary(create),
  read: unary(read),
  update: unary(update),
  delete: unary(async (request: Parameters<typeof remove>[0]) => {
    await remove(request);
    return new Empty();
  }),
  invoke: unary(invoke),
  cancel: unary(() => {
    cancel();
    return new Empty();
  }),
  parameterize: unimplemented("Parameterize"),
  call: unimplemented("Call"),
  construct: unimplemented("Construct"),
  getMapping: unimplemented("GetMapping"),
  getMappings: unimplemented("GetMappings"),
};
