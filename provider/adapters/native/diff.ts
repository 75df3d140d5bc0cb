import type { DiffRequest } from "@pulumi/pulumi/proto/provider_pb.js";
import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb.js";
import type { Arguments } from "../../model/arguments/field.ts";
import { hasUnknown } from "../../model/arguments/field.ts";
import type { AnyKind } from "../../model/arguments/kinds.ts";
import { operationsOf } from "../../operations/all.ts";
import { rememberedIn } from "../../operations/remembered.ts";
import { editedArguments } from "../../plan/arguments/edits.ts";
import { isIgnored, withoutIgnored } from "../../plan/arguments/ignored.ts";
import type { PropertyChange } from "../../plan/arguments/propertyChanges.ts";
import { propertyChanges } from "../../plan/arguments/propertyChanges.ts";
import { log, printRefusals, warnUnreachable } from "../engine.ts";
import { withDefaults } from "./configuration.ts";
import { isImported, recordedOf } from "./imported.ts";
import { appliedOf, argumentsOf, completed, keptSecret, kindOf } from "./kinds.ts";
import { receive } from "./wire.ts";

const { Kind: kindOfDiff } = PropertyDiff;
const kindsOfDiff = {
  add: [kindOfDiff.ADD, kindOfDiff.ADD_REPLACE],
  update: [kindOfDiff.UPDATE, kindOfDiff.UPDATE_REPLACE],
  delete: [kindOfDiff.DELETE, kindOfDiff.DELETE_REPLACE],
} as const;

/** Compares a resource: returns edited arguments and drift on the host, property by property. */
export async function diff(request: DiffRequest): Promise<DiffResponse> {
  const urn = request.getUrn();
  const kind = kindOf(urn);
  const state = receive(request.getOlds());
  const olds = receive(request.getOldInputs());
  const news = receive(request.getNews());
  const ignored = request.getIgnorechangesList();
  const written = appliedOf(kind, state.values, olds.values);
  const before = completed(kind, state.values, written);
  const after = completed(kind, state.values, argumentsOf(kind, news.values));
  const operations = operationsOf(kind);
  const remembered = rememberedIn(state.values);
  const { replaces, isDeletedFirst, notes } = await operations.findReplaced(before, after, remembered.uuid);
  if (notes.length > 0) await log("warning", notes.join("\n"), urn);
  const edits = editedArguments(kind, before, after).filter((each) => !isIgnored(each, ignored));
  if (isDeletedFirst) operations.noteLeaving(before);
  if (replaces.length > 0 || hasUnknown(after)) {
    const response = respond(
      kind,
      edits.map((each) => ({ ...each, isEdit: true })),
      replaces,
    );
    response.setDeletebeforereplace(isDeletedFirst);
    return response;
  }
  const [recorded, args] = [recordedOf(request.getId(), kind, before), after].map((each) =>
    withoutIgnored(kind, withDefaults(kind, each), ignored),
  ) as [Arguments, Arguments];
  const difference = await operations.diff(recorded, args, {
    secrets: keptSecret(kind, state, olds, news),
    measured: state.values.measured,
    ...remembered,
  });
  if (difference.unreachable) await warnUnreachable(difference.unreachable, urn);
  if (isImported(request.getId()) && edits.some((each) => each.kind === "delete"))
    await log("info", "imported; what the program does not declare is left as it is", urn);
  await printRefusals(difference, urn);
  if (difference.lints.length > 0) await log("warning", difference.lints.join("\n"), urn);
  if (difference.lines.length > 0) await log("info", difference.lines.join("\n"), urn);
  const found = propertyChanges(kind, { recorded, args, edits }, difference.changes);
  const isGone = difference.isNeeded && difference.changes.length + difference.runState.length === 0;
  const names = isGone ? [kind.key ?? (args.name === undefined ? "xml" : "name")] : difference.runState;
  for (const property of names.filter((name) => !found.some((each) => each.property === name)))
    found.push({ property, kind: "update", isEdit: false });
  return respond(kind, found, []);
}

function respond(
  kind: AnyKind,
  changes: readonly PropertyChange[],
  replaces: readonly string[],
): DiffResponse {
  const response = new DiffResponse();
  response.setChanges(
    changes.length + replaces.length > 0
      ? DiffResponse.DiffChanges.DIFF_SOME
      : DiffResponse.DiffChanges.DIFF_NONE,
  );
  response.setHasdetaileddiff(true);
  response.setReplacesList([...replaces]);
  response.setDiffsList([...new Set(changes.map(({ property }) => property.replace(/[.[].*$/, "")))]);
  for (const { property, kind: how, isEdit } of changes) {
    const entry = new PropertyDiff();
    entry.setKind(kindsOfDiff[how][replaces.includes(property) ? 1 : 0]);
    entry.setInputdiff(isEdit);
    response.getDetaileddiffMap().set(property, entry);
  }
  const isFixed = (name: string) => !changes.some(({ property }) => property === name);
  if (replaces.length === 0) response.setStablesList(stables(kind).filter(isFixed));
  return response;
}

/** Properties that no update changes. */
function stables(kind: AnyKind): string[] {
  const fixed = Object.keys(kind.fields).filter((name) => kind.fields[name]?.replaces && name !== "host");
  return [...new Set([...fixed, ...(kind.name === "Domain" ? ["uuid"] : [])])];
}
