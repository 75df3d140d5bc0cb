/**
 * The front end for Pulumi's dynamic provider: Pulumi's words and its marks for unknown values stop here.
 * Loaded by the constant string in resources/resource.ts, once per engine run.
 */

import { PartialFailure } from "../errors.ts";
import {
  createResource,
  declare,
  deleteResource,
  diffResource,
  readResource,
  updateResource,
} from "../host/resource.ts";
import { canonicalHost, closeConnections } from "../host/session.ts";
import { parseHostUri } from "../host/uri.ts";
import type { Arguments, Failure } from "../model/arguments/field.ts";
import { unknown } from "../model/arguments/field.ts";
import type { Kind, KindName } from "../model/arguments/kinds.ts";
import { checkArguments, kinds } from "../model/arguments/kinds.ts";
import { lintDeclared } from "../plan/lints.ts";

/** What the engine writes for a value that it does not know yet. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Properties = Record<string, unknown>;

function handlersOf(kind: Kind) {
  return {
    check: async (_olds: Properties, news: Properties) => {
      const args = withUnknowns(argumentsOf(kind, news, true)) as Arguments;
      const failures: Failure[] = [...checkArguments(kind, args), ...checkHost(args)];
      if (failures.length === 0) failures.push(...lintDeclared(declare(kind, args)));
      return { inputs: news, failures };
    },
    diff: async (_id: string, olds: Properties, news: Properties) => {
      const replaces = Object.entries(kind.fields)
        .filter(([name, field]) => field.replaces && isReplaced(name, olds[name], news[name]))
        .map(([name]) => name);
      if (replaces.length > 0 || hasUnknown(news)) return { replaces, deleteBeforeReplace: true };
      const recorded = recordedOf(kind, olds);
      const drift = await diffResource(kind, recorded, completed(kind, olds, news));
      for (const line of drift.lines) console.log(line);
      // Without `changes` the engine compares the inputs and marks the properties; drift alone it can't see.
      const isEdited = Object.keys(kind.fields).some(
        (name) => news[name] !== undefined && JSON.stringify(news[name]) !== JSON.stringify(olds[name]),
      );
      return drift.isNeeded && !isEdited ? { changes: true } : {};
    },
    create: async (inputs: Properties) => {
      const state = await createResource(kind, argumentsOf(kind, inputs)).catch((error: unknown) => {
        if (!(error instanceof PartialFailure)) throw error;
        // The properties need `__provider`, or the next refresh and destroy can't load this code.
        throw Object.assign(new Error(error.message), {
          id: error.id,
          properties: inputs,
          reasons: [error.message],
        });
      });
      return { id: state.id, outs: outputsOf(kind, inputs, state.outputs) };
    },
    update: async (_id: string, olds: Properties, news: Properties) => {
      const state = await updateResource(kind, recordedOf(kind, olds), completed(kind, olds, news));
      return { outs: outputsOf(kind, news, state.outputs) };
    },
    read: async (id: string, properties: Properties) => {
      const state = await readResource(kind, { id, outputs: recordedOf(kind, properties) });
      return state ? { id: state.id, props: { ...properties, ...state.outputs } } : { id: "", props: {} };
    },
    delete: async (_id: string, properties: Properties) => {
      for (const line of await deleteResource(kind, recordedOf(kind, properties))) console.log(line);
    },
  };
}

/** The declared arguments among Pulumi's properties: no outputs, no `__provider`, nothing that is null. */
function argumentsOf(kind: Kind, properties: Properties, keepUnknownNames = false): Arguments {
  const entries = Object.entries(properties).filter(([name, value]) => {
    if (value === undefined || value === null || name === "__provider") return false;
    return keepUnknownNames || name in kind.fields;
  });
  return Object.fromEntries(entries);
}

/** What was declared when the outputs were made: facts that share an argument's name don't count. */
function recordedOf(kind: Kind, properties: Properties): Arguments {
  const undeclared = new Set(
    (properties.undeclared as string[] | undefined)?.filter((name) => name !== kind.key),
  );
  return Object.fromEntries(
    Object.entries(argumentsOf(kind, properties)).filter(([name]) => !undeclared.has(name)),
  );
}

/** Outputs, with the names of those that are facts although an argument has the same name. */
function outputsOf(kind: Kind, inputs: Properties, outputs: Arguments): Properties {
  const undeclared = Object.keys(outputs).filter(
    (name) => name in kind.fields && (inputs[name] ?? null) === null,
  );
  return { ...outputs, undeclared };
}

/** What was chosen at creation stays chosen: the id of a thread that was given none. */
function completed(kind: Kind, olds: Properties, news: Properties): Arguments {
  const args = argumentsOf(kind, news);
  const chosen = kind.key !== null && args[kind.key] === undefined ? { [kind.key]: olds[kind.key] } : {};
  return { ...args, ...chosen };
}

function isReplaced(name: string, old: unknown, now: unknown): boolean {
  if (now === undefined || now === null || now === unknownMark || old === undefined || old === null)
    return false;
  if (name === "host") return canonicalHost(String(old)) !== canonicalHost(String(now));
  return old !== now;
}

function checkHost(args: Arguments): Failure[] {
  if (typeof args.host !== "string") return [];
  const uri = parseHostUri(args.host);
  return "failure" in uri ? [{ property: "host", reason: uri.failure }] : [];
}

function hasUnknown(value: unknown): boolean {
  return JSON.stringify(value).includes(unknownMark);
}

function withUnknowns(value: unknown): unknown {
  if (value === unknownMark) return unknown;
  if (Array.isArray(value)) return value.map(withUnknowns);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withUnknowns(inner)]));
}

process.on("SIGINT", () => {
  void closeConnections().finally(() => process.exit(0));
});

export const handlers = Object.fromEntries(
  (Object.keys(kinds) as KindName[]).map((name) => [name, handlersOf(kinds[name])]),
) as Record<KindName, ReturnType<typeof handlersOf>>;
