import { CheckFailure, type CheckRequest, CheckResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import { readAhead } from "../../host/read/snapshot.ts";
import type { Arguments, Failure } from "../../model/arguments/field.ts";
import { operationsOf } from "../../operations/all.ts";
import { safeFailures } from "../../operations/safeText.ts";
import { log } from "../engine.ts";
import { lintLevel, withHost } from "./configuration.ts";
import { keptSecret, kindOf } from "./kinds.ts";
import type { Received } from "./wire.ts";
import { receive, send } from "./wire.ts";

export function printFailures(failures: readonly Failure[], args: Arguments): CheckFailure[] {
  return safeFailures(failures, args).map(({ property, reason }) => {
    const failure = new CheckFailure();
    failure.setProperty(property);
    failure.setReason(reason);
    return failure;
  });
}

/** Properties that may appear in messages: `null` replaces one that holds a secret. */
export function openOf({ values, secrets }: Received): Arguments {
  const entries = Object.entries(values).map(([name, value]) => [name, secrets.has(name) ? null : value]);
  return Object.fromEntries(entries);
}

export async function check(request: CheckRequest): Promise<CheckResponse> {
  const urn = request.getUrn();
  const kind = kindOf(urn);
  const news = receive(request.getNews());
  const args = withHost(news.values);
  const secrets = keptSecret(kind, news);
  const by = { id: urn, name: urn.split("::").at(-1) ?? urn };
  const operations = operationsOf(kind);
  const invalid = operations.findInvalid(args);
  // Register before the first `await`, so that two concurrent checks see each other.
  const refused = invalid.length > 0 ? [] : operations.findRefused(args, by);
  const failures = invalid.length > 0 ? invalid : await operations.findDuplicate(args, by);
  const level = lintLevel();
  if (level === "warning")
    for (const { property, reason } of refused) await log("warning", `${property} ${reason}`, urn);
  const olds = receive(request.getOlds()).values;
  const isNew = Object.keys(olds).length === 0;
  const unknown =
    failures.length + refused.length > 0 ? null : await operations.findUnknown(isNew ? null : olds, args);
  failures.push(...(unknown?.failures ?? []));
  if (isNew && unknown && unknown.warnings.length > 0) await log("warning", unknown.warnings.join("\n"), urn);
  const response = new CheckResponse();
  const all = level === "error" ? [...failures, ...refused] : failures;
  response.setFailuresList(printFailures(all, openOf(news)));
  // Start reading now: the engine asks for the diff next, often for several hosts at once.
  if (failures.length === 0 && typeof args.host === "string" && olds.host === args.host) readAhead(args.host);
  response.setInputs(send(args, secrets));
  return response;
}
