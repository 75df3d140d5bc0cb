/**
 * The plugin's service with empty methods, to measure the cost of the protocol itself. Loaded by floor.ts.
 */
import type { ServerUnaryCall, sendUnaryData, UntypedServiceImplementation } from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb.js";
import * as pb from "@pulumi/pulumi/proto/provider_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";

function unary<Request, Response>(answer: (request: Request) => Response) {
  return ({ request }: ServerUnaryCall<Request, Response>, respond: sendUnaryData<Response>) =>
    respond(null, answer(request));
}

/** Returns the message after `set` has set its fields. */
function made<Message extends object>(message: Message, set: (message: Message) => void): Message {
  set(message);
  return message;
}

const echo = (request: pb.CheckRequest) =>
  made(new pb.CheckResponse(), (each) => each.setInputs(request.getNews()));

export const service: UntypedServiceImplementation = {
  handshake: unary(() => made(new pb.ProviderHandshakeResponse(), (each) => each.setAcceptSecrets(true))),
  getPluginInfo: unary(() => made(new PluginInfo(), (each) => each.setVersion("0.0.0"))),
  checkConfig: unary(echo),
  diffConfig: unary(() => new pb.DiffResponse()),
  configure: unary(() =>
    made(new pb.ConfigureResponse(), (each) => {
      each.setAcceptsecrets(true);
      each.setSupportspreview(true);
    }),
  ),
  check: unary(echo),
  diff: unary(() =>
    made(new pb.DiffResponse(), (each) => each.setChanges(pb.DiffResponse.DiffChanges.DIFF_NONE)),
  ),
  create: unary((request: pb.CreateRequest) =>
    made(new pb.CreateResponse(), (each) => {
      each.setId(request.getUrn());
      each.setProperties(request.getProperties());
    }),
  ),
  delete: unary(() => new Empty()),
  cancel: unary(() => new Empty()),
};
