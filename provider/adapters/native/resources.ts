import {
  type CreateRequest,
  CreateResponse,
  type DeleteRequest,
  type ReadRequest,
  ReadResponse,
  type UpdateRequest,
  UpdateResponse,
} from "@pulumi/pulumi/proto/provider_pb.js";
import { PartialFailure } from "../../errors.ts";
import type { Arguments } from "../../model/arguments/field.ts";
import { hasUnknown } from "../../model/arguments/field.ts";
import type { AnyKind } from "../../model/arguments/kinds.ts";
import { operationsOf } from "../../operations/all.ts";
import { keptOutputs, rememberedIn } from "../../operations/remembered.ts";
import type { State } from "../../operations/state.ts";
import { withoutIgnored } from "../../plan/arguments/ignored.ts";
import { log, printRefusals, showUnder, warnUnreachable } from "../engine.ts";
import { withDefaults, withHost } from "./configuration.ts";
import { KeptFailure } from "./failure.ts";
import { noteImport, recordedOf } from "./imported.ts";
import { operate } from "./interrupt.ts";
import { appliedOf, completed, keptSecret, kindOf, secretOutputs } from "./kinds.ts";
import { receive, send } from "./wire.ts";

export async function create(request: CreateRequest): Promise<CreateResponse> {
  const urn = request.getUrn();
  const kind = kindOf(urn);
  const operations = operationsOf(kind);
  const news = receive(request.getProperties());
  const secrets = secretOutputs(keptSecret(kind, news));
  const args = withDefaults(kind, news.values);
  const response = new CreateResponse();
  if (request.getPreview()) {
    const foreseen = await operations.preview(null, args, secrets);
    const { outputs, lines, unreachable } = foreseen;
    if (unreachable) await warnUnreachable(unreachable, urn);
    await operations.recordCreation(args, foreseen, secrets);
    await tell(urn, lines);
    await printRefusals(foreseen, urn);
    if (foreseen.lints.length > 0) await log("warning", foreseen.lints.join("\n"), urn);
    response.setProperties(send(ownOf(kind, news.values, outputs), secrets));
    return response;
  }
  const state = await operate(request.getTimeout(), args, kind, () =>
    operations.create(args, showUnder(urn)),
  ).catch((error: unknown) => keep(error, kind, news.values, secrets, null));
  await tell(urn, state.notes);
  response.setId(state.id);
  response.setProperties(send(ownOf(kind, news.values, state.outputs), secrets));
  return response;
}

export async function update(request: UpdateRequest): Promise<UpdateResponse> {
  const kind = kindOf(request.getUrn());
  const operations = operationsOf(kind);
  const state = receive(request.getOlds());
  const olds = receive(request.getOldInputs());
  const news = receive(request.getNews());
  const ignored = request.getIgnorechangesList();
  const secrets = secretOutputs(keptSecret(kind, state, news));
  const before = recordedOf(
    request.getId(),
    kind,
    completed(kind, state.values, appliedOf(kind, state.values, olds.values)),
  );
  const after = completed(kind, state.values, news.values);
  const [recorded, args] = [before, after].map((each) =>
    withoutIgnored(kind, withDefaults(kind, each), ignored),
  ) as [Arguments, Arguments];
  const remembered = rememberedIn(state.values);
  const response = new UpdateResponse();
  if (request.getPreview()) {
    const before = hasUnknown(args) ? null : recorded;
    const { outputs } = await operations.preview(before, args, undefined, remembered.tried);
    const { uuid } = remembered;
    const known = !("uuid" in kind.outputs) || uuid === undefined ? {} : { uuid };
    const kept = { ...known, ...keptOutputs(kind, state.values) };
    response.setProperties(send({ ...ownOf(kind, after, outputs), ...kept }, secrets));
    return response;
  }
  const made = await operate(request.getTimeout(), args, kind, () =>
    operations.update(
      recorded,
      args,
      { measured: state.values.measured, ...remembered },
      showUnder(request.getUrn()),
    ),
  ).catch((error: unknown) =>
    keep(error, kind, news.values, secrets, { id: request.getId(), outputs: state.values }),
  );
  await tell(request.getUrn(), made.notes);
  response.setProperties(send(ownOf(kind, after, made.outputs), secrets));
  return response;
}

export async function remove(request: DeleteRequest): Promise<void> {
  const kind = kindOf(request.getUrn());
  const state = receive(request.getProperties());
  const olds = receive(request.getOldInputs());
  keptSecret(kind, state, olds);
  const applied = completed(kind, state.values, appliedOf(kind, state.values, olds.values));
  const operations = operationsOf(kind);
  const own = operations.identified(request.getId(), applied);
  const args = withDefaults(kind, own);
  const last = rememberedIn(state.values);
  const lines = await operate(request.getTimeout(), args, kind, () => operations.remove(args, last));
  await tell(request.getUrn(), lines);
}

/** Shows one message under a resource, with one line per item. */
async function tell(urn: string, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await log("info", lines.join("\n"), urn);
}

export async function read(request: ReadRequest): Promise<ReadResponse> {
  const kind = kindOf(request.getUrn());
  const state = receive(request.getProperties());
  const olds = receive(request.getInputs());
  const response = new ReadResponse();
  const isImport = Object.keys(state.values).length === 0;
  const operations = operationsOf(kind);
  const args = completed(kind, state.values, appliedOf(kind, state.values, olds.values));
  keptSecret(kind, state, olds);
  const found = isImport
    ? await operations.import(request.getId(), withHost({}))
    : await operations.read({ id: request.getId(), outputs: args }, rememberedIn(state.values));
  if (!found) return response;
  if (found.notes.length > 0) await log("warning", found.notes.join("\n"), request.getUrn());
  if (isImport) noteImport(request.getId());
  const secrets = keptSecret(kind, state, olds, { values: found.inputs, secrets: new Set() });
  const { inputs } = found;
  // A thread's id that was chosen at creation is not an input.
  const isChosen = !isImport && kind.key !== null && olds.values[kind.key] === undefined;
  const written = Object.fromEntries(
    Object.entries(inputs).filter(([name]) => !(isChosen && name === kind.key)),
  );
  // Return the id as it was given: the engine repeats an import if the id differs from the program's.
  response.setId(request.getId());
  response.setInputs(send(written, secrets));
  // Measurements of the last update can't be read from the host.
  const measured = "measured" in kind.outputs ? { measured: state.values.measured ?? null } : {};
  const outputs = found.isKept
    ? state.values
    : { ...found.outputs, ...measured, ...keptOutputs(kind, state.values) };
  response.setProperties(send(outputs, secretOutputs(secrets)));
  return response;
}

/** Makes the outputs: the arguments as written, replaced by what was read. Without defaults of the provider. */
function ownOf(kind: AnyKind, written: Arguments, outputs: Arguments): Arguments {
  const entries = Object.entries(outputs).filter(
    ([name]) => Object.hasOwn(kind.outputs, name) || Object.hasOwn(written, name) || name === kind.key,
  );
  return { ...written, ...Object.fromEntries(entries) };
}

/**
 * Rethrows an error. After a partial failure, the state keeps what exists on the host.
 * @throws KeptFailure, or the error itself
 */
function keep(
  error: unknown,
  kind: AnyKind,
  inputs: Arguments,
  secrets: ReadonlySet<string>,
  before: State | null,
): never {
  if (!(error instanceof PartialFailure)) throw error;
  const id = error.id ?? before?.id;
  if (id === undefined) throw error;
  const outputs = { ...before?.outputs, ...ownOf(kind, inputs, error.outputs) };
  throw new KeptFailure(error.message, {
    id,
    properties: send(outputs, secrets),
    inputs: send(inputs, secrets),
  });
}
