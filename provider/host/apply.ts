import { createHash } from "node:crypto";
import { HostError, PartialFailure } from "../errors.ts";
import { printXml } from "../model/xml/print.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { Plan } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import { recordChange } from "../plan/record.ts";
import type { LiveStep, WhenRunning } from "../plan/steps.ts";
import { DOMAIN } from "../plan/steps.ts";
import type { Command, CommandResult, Connection } from "./connection.ts";
import type { DomainFacts, HostFacts } from "./facts.ts";
import { findMissingFiles, newFilesOf } from "./files.ts";
import { commandError } from "./libvirtErrors.ts";
import { readDomain } from "./read.ts";
import { situationOf } from "./situation.ts";
import { virsh } from "./virsh.ts";

export interface Applied {
  readonly host: HostFacts;
  readonly domain: DomainFacts;
  readonly plan: Plan;
}

/** What is to be true of one domain, and what may be done for it. */
export interface Declaration {
  readonly name: string;
  readonly recorded: XmlElement | null;
  readonly desired: XmlElement;
  readonly allowed: WhenRunning;
  /** Whether a domain without a definition may get one: only whoever declares the domain itself decides that. */
  readonly mayDefine: boolean;
}

/** Exit codes of the scripts below, which no command of virsh has. */
const changedMeanwhile = 75;
const stillAttached = 76;

/**
 * `define` takes no lock: it is refused when the definition is not the one that was planned from. Prints the
 * digest of what it made, so that it can be taken back likewise.
 */
const guardedDefine = `
digest() { virsh -c "$1" dumpxml --inactive --security-info "$2" | sha256sum | cut -d' ' -f1; }
[ "$(digest "$1" "$2")" = "$3" ] || exit ${changedMeanwhile}
virsh -c "$1" define /dev/stdin || exit
printf 'defined '; digest "$1" "$2"
`;

/** libvirt says "detached" while the guest still holds the device (9.0.0): only the live XML tells. */
const detachAndWait = `
uri=$1 domain=$2 alias="<alias name='$3'/>" tries=$4
virsh -c "$uri" detach-device "$domain" /dev/stdin --live || exit
while virsh -c "$uri" dumpxml "$domain" | grep -qF "$alias"; do
  tries=$((tries - 1)); [ "$tries" -gt 0 ] || exit ${stillAttached}
  sleep 0.2
done
`;
/** How often a definition that somebody else changes meanwhile is planned anew. */
const firstAttempts = 8;
/** Seconds that a guest has to let a device go, beyond the 5 that libvirt waits itself. */
const detachSeconds = 10;

/** A domain as it has just been read. */
export interface DomainRead {
  readonly host: HostFacts;
  readonly domain: DomainFacts | null;
}

/**
 * Makes a declaration true of a domain: fresh read (`read`, when it was made under the same lock), plan, one script of steps, read again.
 * The whole persistent side is one `define`, guarded by a digest; the live side is targeted commands after it.
 * When no live step has been made yet, a failure puts the definition back.
 * @throws HostError when nothing has changed; PartialFailure when something was done and stays.
 */
export async function applyDeclaration(
  connection: Connection,
  declaration: Declaration,
  read?: DomainRead,
  attempts = firstAttempts,
): Promise<Applied> {
  const { name, recorded, desired, allowed, mayDefine } = declaration;
  const { host, domain } = read ?? (await readDomain(connection, name));
  if (domain && !domain.persistent && !mayDefine)
    throw new HostError(
      `the domain "${name}" is transient and has no definition to change`,
      connection.host,
      {
        remedy: "nothing has changed; declare the Domain, which defines it, or start it from a definition",
      },
    );
  if (!domain)
    throw new HostError(`there is no domain "${name}"`, connection.host, {
      remedy: "declare a Domain of that name, and refer to its name output",
    });
  const situation = situationOf(host, domain);
  const plan = planDomain(recorded, desired, situation, allowed);
  if (!plan.define && plan.liveSteps.length === 0) return { host, domain, plan };
  await refuseObstacles(connection, name, plan);
  const commands = commandsOf(connection, domain, plan);
  const results = await connection.run(commands);
  const at = results.findIndex((result) => result.exitCode !== 0);
  if (at < 0) return verify(connection, declaration, attempts);
  if (plan.define && at === 0 && results[0]?.exitCode === changedMeanwhile) {
    if (attempts > 1) return applyDeclaration(connection, declaration, undefined, attempts - 1);
    throw new HostError(`the definition of "${name}" keeps being changed by somebody else`, connection.host, {
      remedy: "nothing of theirs was overwritten; run it again when they are done",
    });
  }
  return fail(connection, domain, plan, results, at);
}

/** Puts back what can be put back, and says what is true now. */
async function fail(
  connection: Connection,
  domain: DomainFacts,
  plan: Plan,
  results: readonly CommandResult[],
  at: number,
): Promise<never> {
  const failed = results[at];
  const defines = plan.define ? 1 : 0;
  const liveDone = at - defines;
  const undo = plan.liveSteps[liveDone]?.undo;
  const undone = undo ? await runStep(connection, domain, undo) : null;
  const remains = liveDone - (undone?.exitCode === 0 ? 1 : 0);
  const isUntouched = remains <= 0;
  if (isUntouched && plan.define && at >= defines) {
    const made = /^defined ([0-9a-f]{64})$/m.exec(results[0]?.stdout ?? "")?.[1] ?? "";
    await connection.run([defineCommand(connection, domain.uuid, made, domain.inactiveXml)]);
  }
  const remedy = isUntouched
    ? "nothing has changed on the host"
    : `${remains} steps before it are done and stay; the next up goes on from there`;
  const stderr =
    failed?.exitCode === stillAttached
      ? `error: the guest still holds the device after ${detachSeconds} s; it was asked to let go and may yet do so`
      : (failed?.stderr ?? "");
  const argv = tellable(failed?.argv ?? []);
  const error = commandError(
    `changing "${domain.name}" failed`,
    connection.host,
    { argv, stderr, exitCode: failed?.exitCode ?? 1 },
    remedy,
  );
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

async function verify(connection: Connection, declaration: Declaration, attempts: number): Promise<Applied> {
  const { name, recorded, desired, allowed } = declaration;
  const { host, domain } = await readDomain(connection, name);
  if (!domain) throw new HostError(`the domain "${name}" went away while it was changed`, connection.host);
  const plan = planDomain(recorded, desired, situationOf(host, domain), allowed);
  if (!plan.define && plan.liveSteps.length === 0) return { host, domain, plan };
  // Somebody else may have been at work in between: what is still owed is made once more, then it is an error.
  if (attempts === firstAttempts)
    return applyDeclaration(connection, declaration, { host, domain }, attempts - 1);
  const told = plan.changes
    .filter(({ isDue }) => isDue)
    .map(({ change, label }) => recordChange(change, label))
    .map(({ path, before, after }) => `${path} is ${before ?? "absent"}, not ${after ?? "absent"}`);
  throw new PartialFailure(
    null,
    new HostError(`libvirt took the change of "${name}" and it is not in force`, connection.host, {
      stderr: told.join("; "),
      remedy: "something else sets it, or the guest did not follow; see what is true now above",
    }),
  );
}

function commandsOf(connection: Connection, domain: DomainFacts, plan: Plan): Command[] {
  const define =
    plan.define && defineCommand(connection, domain.uuid, digestOf(domain), printXml(plan.define));
  return [...(define ? [define] : []), ...plan.liveSteps.map((step) => commandOf(connection, domain, step))];
}

function defineCommand(connection: Connection, uuid: string, digest: string, xml: string): Command {
  return { argv: ["sh", "-c", guardedDefine, "sh", connection.virshUri, uuid, digest], stdin: xml };
}

function commandOf(
  connection: Connection,
  domain: DomainFacts,
  { args, stdin, waitsFor }: Pick<LiveStep, "args" | "stdin" | "waitsFor">,
): Command {
  if (waitsFor === undefined)
    return virsh(
      connection,
      args.map((word) => (word === DOMAIN ? domain.uuid : word)),
      stdin,
    );
  const words = [connection.virshUri, domain.uuid, waitsFor, String(detachSeconds * 5)];
  return { argv: ["sh", "-c", detachAndWait, "sh", ...words], stdin: stdin ?? "" };
}

async function runStep(
  connection: Connection,
  domain: DomainFacts,
  step: Pick<LiveStep, "args" | "stdin">,
): Promise<CommandResult | null> {
  const [result] = await connection.run([commandOf(connection, domain, step)]);
  return result ?? null;
}

/** virsh closes what it dumps with two line breaks. */
function digestOf(domain: DomainFacts): string {
  return createHash("sha256").update(`${domain.inactiveXml}\n\n`).digest("hex");
}

async function refuseObstacles(connection: Connection, name: string, plan: Plan): Promise<void> {
  const obstacles = [...plan.obstacles, ...(await findMissingFiles(connection, newFilesOf(plan)))];
  if (obstacles.length > 0)
    throw new HostError(`"${name}" can't be changed so`, connection.host, {
      stderr: obstacles.join("; "),
      remedy: "nothing has changed on the host",
    });
}

/** A script's text is noise in a message: its command is what counts. */
function tellable(argv: readonly string[]): readonly string[] {
  if (argv[0] !== "sh") return argv;
  return argv[2] === guardedDefine ? ["virsh", "define"] : ["virsh", "detach-device", argv[6] ?? ""];
}
