import { HostError, PartialFailure } from "../../errors.ts";
import { printXml } from "../../model/xml/print.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Ignored } from "../../plan/checks/causes.ts";
import { causesOf, ignoredBy, withoutIgnored } from "../../plan/checks/causes.ts";
import type { WhenRunning } from "../../plan/live/steps.ts";
import type { Plan, Tried } from "../../plan/plan.ts";
import { planDomain } from "../../plan/plan.ts";
import type { DomainFacts, HostFacts } from "../../plan/situation/facts.ts";
import { situationOf } from "../../plan/situation/situation.ts";
import type { Connection } from "../connection/connection.ts";
import type { DomainRead } from "../read/read.ts";
import { readDomain, runAndRead } from "../read/read.ts";
import { findOverlaysThere } from "./backingChains.ts";
import { changedMeanwhile, commandsOf } from "./commands.ts";
import { applyFailure, applyRefused, failApply } from "./failure.ts";
import { findMissingFiles, missingOf, newFilesOf, requireFiles } from "./imageFiles.ts";
import { noteIgnored, notInForce } from "./notInForce.ts";

export interface Applied {
  readonly host: HostFacts;
  readonly domain: DomainFacts;
  /** The plan from the domain as it is now. It has no steps; only changes that wait for the next boot remain. */
  readonly plan: Plan;
  /** Paths of the changes that this apply made. */
  readonly done: readonly string[];
  /** Notes to the user about values that libvirt accepted and ignored. Omitted when there are none. */
  readonly notes?: readonly string[];
  /** The same values, for Pulumi's state. Omitted when there are none. */
  readonly ignored?: readonly Ignored[];
}

/** The state that one domain must have, and the means that are allowed to get there. */
export interface Declaration {
  readonly name: string;
  readonly recorded: XmlElement | null;
  readonly desired: XmlElement;
  readonly allowed: WhenRunning;
  /** Whether a transient domain may get a definition. Only the resource that declares the domain itself may do that. */
  readonly mayDefine: boolean;
  /** Changes that a power cycle did not bring into force. Default: none. */
  readonly tried?: readonly Tried[];
  /** The program's name for a path of the declaration. Default: the path. */
  readonly nameOf?: (path: string) => string;
  /**
   * Returns the declaration for a domain that another client changed since it was read, for values that depend on the
   * domain, such as the id of a thread that declares none. Default: the declaration stays the same.
   */
  readonly chooseAgain?: (now: DomainFacts) => Declaration;
}

/** Number of attempts to plan and apply when another client keeps changing the definition. */
const firstAttempts = 8;
/**
 * Applies a declaration to a domain: reads it (unless `read` was made under the same lock), plans, and runs one script
 * that makes the steps and reads the domain again. One `define`, guarded by a digest, changes the persistent side;
 * targeted commands after it change the live side. If a command fails before any live step is done, the old definition
 * is restored.
 * @throws HostError when nothing has changed; PartialFailure when some steps are done and stay.
 */
export async function applyDeclaration(
  connection: Connection,
  declaration: Declaration,
  read?: DomainRead,
  attempts = firstAttempts,
  firstPlan?: Plan,
): Promise<Applied> {
  const { name, recorded, desired, allowed, mayDefine, tried } = declaration;
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
  const { nameOf } = declaration;
  const situation = { ...situationOf(host, domain), ...(nameOf && { nameOf }) };
  const plan = planDomain(recorded, desired, situation, allowed, tried);
  if (!plan.define && plan.liveSteps.length === 0) return { host, domain, plan, done: [] };
  const files = newFilesOf(plan);
  const obstacles = [...plan.obstacles, ...(await findOverlaysThere(connection, domain, desired, situation))];
  if (obstacles.length > 0)
    throw applyRefused(connection, name, [...obstacles, ...(await findMissingFiles(connection, files))]);
  const needed = requireFiles(files);
  const commands = commandsOf(connection, domain, plan);
  const done = await runAndRead(connection, [...needed, ...commands], name);
  if (done.read) {
    const applied = await verify(connection, declaration, attempts, firstPlan ?? plan, done.read);
    const paths = plan.changes.filter(({ isDue }) => isDue).map(({ change }) => change.path);
    return { ...applied, done: [...paths, ...applied.done] };
  }
  const missing = needed.length > 0 ? missingOf(files, done.results[0]) : [];
  if (missing.length > 0) throw applyRefused(connection, name, missing);
  const results = done.results.slice(needed.length);
  const at = results.length - 1;
  if (at < 0) throw applyFailure(connection, domain, done.results.at(-1), "nothing has changed on the host");
  if (plan.define && at === 0 && results[0]?.exitCode === changedMeanwhile) {
    if (attempts > 1) {
      const now = await readDomain(connection, name);
      const again = now.domain && declaration.chooseAgain?.(now.domain);
      return applyDeclaration(connection, again || declaration, now, attempts - 1, firstPlan);
    }
    throw new HostError(`the definition of "${name}" keeps being changed by somebody else`, connection.host, {
      remedy: "nothing of theirs was overwritten; run it again when they are done",
    });
  }
  return failApply(connection, domain, plan, results, at).catch((error: Error) =>
    chooseAnew(connection, declaration, attempts, error),
  );
}

/**
 * Applies the declaration again with another choice, such as a new thread id, if the domain calls for one now. Another
 * client may have added a thread to the running guest alone: the digest covers the definition, so it does not notice.
 * @throws the given error if nothing was chosen, or if the choice stays the same.
 */
async function chooseAnew(
  connection: Connection,
  { name, desired, chooseAgain }: Declaration,
  attempts: number,
  error: Error,
): Promise<Applied> {
  if (!chooseAgain || attempts <= 1 || error instanceof PartialFailure) throw error;
  const now = await readDomain(connection, name).catch(() => null);
  const again = now?.domain && chooseAgain(now.domain);
  if (!now || !again || printXml(again.desired) === printXml(desired)) throw error;
  return applyDeclaration(connection, again, now, attempts - 1);
}

async function verify(
  connection: Connection,
  declaration: Declaration,
  attempts: number,
  first: Plan,
  read: DomainRead,
): Promise<Applied> {
  const { name, recorded, desired, allowed, tried } = declaration;
  const { host, domain } = read;
  if (!domain) throw new HostError(`the domain "${name}" went away while it was changed`, connection.host);
  const plan = planDomain(recorded, desired, situationOf(host, domain), allowed, tried);
  if (!plan.define && plan.liveSteps.length === 0) return { host, domain, plan, done: [] };
  // Another client may have changed the domain meanwhile: apply what is still due once more, then fail.
  const { chooseAgain: _, ...chosen } = declaration;
  if (attempts === firstAttempts) return applyDeclaration(connection, chosen, read, attempts - 1, first);
  const undone = causesOf(first, plan);
  const ignored = undone.filter(({ cause }) => cause === "ignored");
  if (ignored.length < undone.length) throw notInForce(connection.host, name, undone);
  const rest = withoutIgnored(desired, ignored);
  const known = planDomain(recorded, rest, situationOf(host, domain), allowed, tried);
  const notes = noteIgnored(host, name, ignored);
  return { host, domain, plan: known, done: [], notes, ignored: ignoredBy(host.libvirtVersion, ignored) };
}
