/**
 * The front end for Pulumi's dynamic provider. No other layer sees Pulumi's terms or its marks for unknown and secret
 * values. The constant text in resources/resource.ts loads this file once per engine run.
 */

import { afterEngine } from "../engine.ts";
import { HostError } from "../errors.ts";
import { closeConnections } from "../host/connections.ts";
import { readAhead, shareEngine } from "../host/read/snapshot.ts";
import type { Arguments, Failure } from "../model/arguments/field.ts";
import type { AnyKind } from "../model/arguments/kinds.ts";
import { allKinds } from "../model/arguments/kinds.ts";
import { operationsOf } from "../operations/all.ts";
import type { Difference } from "../operations/diff.ts";
import { refusalsOf } from "../operations/findings/obstacles.ts";
import { rememberedIn } from "../operations/remembered.ts";
import { keepSecrets, safeFailures } from "../operations/safeText.ts";
import { applySettings, isPreviewStrict } from "../operations/settings.ts";
import { callerOf, noteCallers } from "./callers.ts";
import { keep, withoutTrace } from "./dynamicFailure.ts";
import { connectEngine, showUnder } from "./engine.ts";
import { fleetHandlers } from "./fleet.ts";
import type { Properties } from "./properties.ts";
import {
  argumentsOf,
  completed,
  declarerOf,
  givenOf,
  hasUnknown,
  outputsOf,
  recordedOf,
  undeclaredOf,
  withSecrets,
  withUnknowns,
} from "./properties.ts";
import { say, warnOnce } from "./say.ts";

/** No secret names: a dynamic provider gets plain values, so it can't tell which ones the program marks as secret. */
const none: ReadonlySet<string> = new Set();

async function configure({ config }: { readonly config: { get(key: string): string | undefined } }) {
  const own = ["lint", "hosts", "strictXml", "strictPreview"].map((name) => [
    name,
    config.get(`virsh:${name}`),
  ]);
  const failures = applySettings(Object.fromEntries(own.filter(([, value]) => value !== undefined)));
  if (failures.length > 0) throw new Error(failures.join("; "));
}

function handlersOf(kind: AnyKind) {
  const operations = operationsOf(kind);
  return {
    configure,
    check: withoutTrace((olds: Properties, given: Properties) => checkInputs(kind, olds, given)),
    diff: withoutTrace((id: string, olds: Properties, news: Properties) => diffInputs(kind, id, olds, news)),
    create: async (inputs: Properties) => {
      const state = await operations
        .create(argumentsOf(kind, inputs), showUnder(callerOf(inputs)))
        .catch((error: unknown) => keep(error, kind, inputs));
      await say("info", state.notes, inputs);
      return { id: state.id, outs: outputsOf(kind, inputs, state.outputs) };
    },
    update: async (id: string, olds: Properties, news: Properties) => {
      const state = await operations
        .update(
          recordedOf(kind, olds),
          completed(kind, olds, news),
          { measured: olds.measured, ...rememberedIn(olds) },
          showUnder(callerOf(news)),
        )
        .catch((error: unknown) => {
          const facts = Object.entries(olds).filter(
            ([name]) => !Object.hasOwn(kind.fields, name) || name === kind.key,
          );
          return keep(error, kind, { ...Object.fromEntries(facts), ...news }, id);
        });
      await say("info", state.notes, news);
      return { outs: outputsOf(kind, news, state.outputs) };
    },
    read: withoutTrace(async (id: string, properties: Properties) => {
      keepSecrets(kind, argumentsOf(kind, properties), none);
      const state = { id, outputs: recordedOf(kind, properties) };
      const found = await operations.read(state, rememberedIn(properties));
      if (!found) return { id: "", props: {} };
      await say("warning", found.notes, properties);
      const { __provider } = properties;
      const undeclared = undeclaredOf(properties);
      const declared = Object.entries(found.inputs).filter(([name]) => !undeclared.has(name));
      const others = Object.entries(properties).filter(
        ([name]) => !Object.hasOwn(kind.fields, name) || undeclared.has(name),
      );
      return {
        id: found.id,
        props: withSecrets(kind, { ...Object.fromEntries(others), ...found.outputs }),
        inputs: withSecrets(kind, { ...Object.fromEntries(declared), __provider }),
      };
    }),
    delete: withoutTrace(async (id: string, properties: Properties) => {
      keepSecrets(kind, argumentsOf(kind, properties), none);
      const args = operations.identified(id, recordedOf(kind, properties));
      await say("info", await operations.remove(args, rememberedIn(properties)), properties);
    }),
  };
}

async function checkInputs(kind: AnyKind, olds: Properties, given: Properties) {
  const operations = operationsOf(kind);
  const { __registration, ...news } = given;
  const args = withUnknowns(givenOf(news)) as Arguments;
  keepSecrets(kind, args, none);
  const by = declarerOf(__registration);
  const invalid = operations.findInvalid(args);
  // Register before the first `await`, so that two concurrent checks see each other.
  const refused = invalid.length > 0 ? [] : operations.findRefused(args, by);
  const failures = invalid.length > 0 ? invalid : [...(await operations.findDuplicate(args, by)), ...refused];
  // Start reading now: the engine asks for the diff next. With PULUMI_PARALLEL_DIFF it asks for all hosts at once.
  if (failures.length === 0 && olds.host === args.host) readAhead(String(args.host));
  const isNew = olds.host === undefined;
  const unknown =
    failures.length === 0 ? await operations.findUnknown(isNew ? null : givenOf(olds), args) : null;
  failures.push(...(unknown?.failures ?? []));
  if (isNew) await say("warning", unknown?.warnings ?? [], given);
  if (failures.length === 0 && isNew) failures.push(...(await tellCreation(kind, args, given)));
  return { inputs: withSecrets(kind, news), failures: safeFailures(failures, args) };
}

async function diffInputs(kind: AnyKind, id: string, olds: Properties, news: Properties) {
  const operations = operationsOf(kind);
  const remembered = rememberedIn(olds);
  const replacement = await operations.findReplaced(olds, withUnknowns(news) as Arguments, remembered.uuid);
  const { replaces, isDeletedFirst, notes } = replacement;
  await say("warning", notes, news);
  if (isDeletedFirst) operations.noteLeaving(recordedOf(kind, olds));
  if (replaces.length > 0) return { replaces, deleteBeforeReplace: isDeletedFirst };
  if (hasUnknown(news)) return { replaces, deleteBeforeReplace: true };
  const difference = await operations.diff(recordedOf(kind, olds), completed(kind, olds, news), {
    measured: olds.measured,
    ...remembered,
  });
  await say("info", difference.lines, news);
  await say("warning", difference.lints, news);
  if (difference.unreachable)
    await warnOnce(`${difference.unreachable.message}\nnot compared: ${id}`, id, news);
  await refuse(difference, news);
  if (!difference.isNeeded) return {};
  // Without `changes` the engine compares the inputs and marks the properties. It can't see drift that way.
  const isEdited = Object.keys(kind.fields).some(
    (name) => news[name] !== undefined && JSON.stringify(news[name]) !== JSON.stringify(olds[name]),
  );
  return isEdited ? {} : { changes: true };
}

/**
 * Tells the user what creating the resource will do, or why it would fail. The check calls this, because it is the
 * engine's only call to a dynamic provider for a new resource in a preview. Returns failures if the preview must fail.
 */
async function tellCreation(kind: AnyKind, args: Arguments, news: Properties): Promise<Failure[]> {
  const operations = operationsOf(kind);
  const foreseen = await operations.preview(null, args);
  await operations.recordCreation(args, foreseen);
  await say("info", foreseen.lines, news);
  if (isPreviewStrict()) return refusalsOf(foreseen).map((reason) => ({ property: "", reason }));
  await say("warning", [...foreseen.obstacles, ...foreseen.lints], news);
  if (foreseen.unreachable) {
    const { message } = foreseen.unreachable;
    await warnOnce(`${message}\nnot looked at: this`, message, news);
  }
  return [];
}

/** Reports what `up` would refuse. @throws HostError when the preview must fail */
async function refuse(difference: Difference, news: Properties): Promise<void> {
  const refusals = refusalsOf(difference);
  if (isPreviewStrict() && refusals.length > 0)
    throw new HostError(refusals.join("\n"), String(news.host), { remedy: "nothing has changed" });
  await say("warning", difference.obstacles, news);
}

function leave(): void {
  void closeConnections().finally(() => process.exit(0));
}

// The engine passes only its address to a dynamic provider. The parent process is a shell that waits for this one, so
// the parent stays the same when the engine is killed.
const engine = process.argv[2] ?? null;
shareEngine(engine);
if (engine !== null) afterEngine(engine, leave);
// Code that calls the handlers directly, such as a test, gives no address.
if (engine !== null && /^[\w.[\]:-]+:\d+$/.test(engine)) connectEngine(engine);
if (process.argv[1] !== undefined) noteCallers(process.argv[1]);

process.on("SIGINT", leave);

export const handlers = {
  ...(Object.fromEntries(Object.values(allKinds).map((kind) => [kind.name, handlersOf(kind)])) as Record<
    AnyKind["name"],
    ReturnType<typeof handlersOf>
  >),
  ...fleetHandlers(configure),
};
