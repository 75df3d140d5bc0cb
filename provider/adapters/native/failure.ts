import type { ServiceError } from "@grpc/grpc-js";
import { Metadata, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb.js";
import { Status } from "@pulumi/pulumi/proto/status_pb.js";
import { Any } from "google-protobuf/google/protobuf/any_pb.js";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb.js";
import { safeText } from "../../operations/safeText.ts";

/** The state of a partly created or updated resource, as the engine must store it. */
export interface Kept {
  readonly id: string;
  readonly properties: Struct;
  readonly inputs: Struct;
}

/** An operation that failed after it changed something. */
export class KeptFailure extends Error {
  readonly kept: Kept;

  constructor(message: string, kept: Kept) {
    super(message);
    this.kept = kept;
  }
}

/** Converts an error to a gRPC error. */
export function printFailure(error: unknown): Partial<ServiceError> {
  const message = safeText(error instanceof Error ? error.message : String(error));
  const code = status.UNKNOWN;
  if (!(error instanceof KeptFailure)) return { code, message, details: message };
  const { id, properties, inputs } = error.kept;
  const failed = new ErrorResourceInitFailed();
  failed.setId(id);
  failed.setProperties(properties);
  failed.setInputs(inputs);
  failed.setReasonsList([message]);
  const detail = new Any();
  detail.pack(failed.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  const failure = new Status();
  failure.setCode(code);
  failure.setMessage(message);
  failure.addDetails(detail);
  const metadata = new Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(failure.serializeBinary()));
  return { code, message, details: message, metadata };
}
