import { HostError, PartialFailure } from "../../errors.ts";
import { objects } from "../../model/objects.ts";
import type { LiveStep } from "../../plan/live/steps.ts";
import type { Plan } from "../../plan/plan.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import type { CommandResult, Connection } from "../connection/connection.ts";
import { commandError } from "../virsh/errors.ts";
import { describeBlockJob } from "./blockJob.ts";
import { commandOf, defineCommand, detachSeconds, printableArgv, stillAttached } from "./commands.ts";

/** Restores what it can after a failed step, and throws an error that says what is true now. */
export async function failApply(
  connection: Connection,
  domain: DomainFacts,
  plan: Plan,
  results: readonly CommandResult[],
  at: number,
): Promise<never> {
  const defines = plan.define ? 1 : 0;
  const liveDone = at - defines;
  const undo = plan.liveSteps[liveDone]?.undo;
  const undone = undo ? await runStep(connection, domain, undo) : null;
  const remains = liveDone - (undone?.exitCode === 0 ? 1 : 0);
  const isUntouched = remains <= 0;
  if (isUntouched && plan.define && at >= defines) {
    const made = /^defined ([0-9a-f]{64})$/m.exec(results[0]?.stdout ?? "")?.[1] ?? "";
    await connection.run([
      defineCommand(connection, objects.domain, { uuid: domain.uuid, digest: made, xml: domain.inactiveXml }),
    ]);
  }
  const remedy = isUntouched
    ? "nothing has changed on the host"
    : `${remains} steps before it are done and stay; the next up goes on from there`;
  const job = await describeBlockJob(connection, domain, results[at]?.stderr ?? "");
  const error = applyFailure(connection, domain, results[at], remedy, job);
  if (undone && undone.exitCode !== 0)
    throw new PartialFailure(
      null,
      new HostError(`"${domain.name}" has lost a device`, connection.host, {
        argv: undone.argv,
        stderr: undone.stderr,
        remedy: "it was taken out, did not come in again as declared, nor as it was; the next up plugs it in",
        cause: error,
      }),
    );
  throw isUntouched ? error : new PartialFailure(null, error);
}

export function applyFailure(
  connection: Connection,
  domain: DomainFacts,
  failed: CommandResult | undefined,
  remedy: string,
  job: string | null = null,
): HostError {
  const stderr =
    failed?.exitCode === stillAttached
      ? `error: the guest still holds the device after ${detachSeconds} s; it was asked to let go and may yet do so`
      : (failed?.stderr ?? "");
  const argv = printableArgv(failed?.argv ?? []);
  const result = { argv, stderr, exitCode: failed?.exitCode ?? 1 };
  const what = `changing "${domain.name}" failed`;
  if (job === null) return commandError(what, connection.host, result, remedy);
  return new HostError(what, connection.host, {
    code: "domainBusy",
    argv,
    stderr,
    remedy: `${job}; ${remedy}`,
  });
}

async function runStep(
  connection: Connection,
  domain: DomainFacts,
  step: Pick<LiveStep, "args" | "stdin">,
): Promise<CommandResult | null> {
  const [result] = await connection.run([commandOf(connection, domain, step)]);
  return result ?? null;
}

export function applyRefused(connection: Connection, name: string, obstacles: readonly string[]): HostError {
  return new HostError(`"${name}" can't be changed so`, connection.host, {
    stderr: obstacles.join("; "),
    remedy: "nothing has changed on the host",
  });
}
