import { createHash } from "node:crypto";
import { HostError } from "../errors.ts";
import { printXml } from "../model/xml/print.ts";
import { elementsAt, valueAt } from "../model/xml/read.ts";
import type { XmlElement } from "../model/xml/tree.ts";
import type { Plan, Situation } from "../plan/plan.ts";
import { planDomain } from "../plan/plan.ts";
import { DOMAIN } from "../plan/steps.ts";
import type { Command, Connection } from "./connection.ts";
import type { DomainFacts, HostFacts } from "./facts.ts";
import { readDomain } from "./read.ts";
import { situationOf } from "./situation.ts";
import { virsh } from "./virsh.ts";

export interface Applied {
  readonly host: HostFacts;
  readonly domain: DomainFacts;
  readonly plan: Plan;
}

/** Exit code of the guard below: somebody else changed the definition since it was read. */
const changedMeanwhile = 75;
const guardedDefine = `
now=$(virsh -c "$1" dumpxml --inactive --security-info "$2" | sha256sum | cut -d' ' -f1)
[ "$now" = "$3" ] || exit ${changedMeanwhile}
exec virsh -c "$1" define /dev/stdin
`;

/**
 * Makes a declaration true of a domain: fresh read, plan, one script of steps, read again.
 * The whole persistent side is one \`define\`, guarded by a digest since \`define\` takes no lock; the live side
 * is targeted commands after it. When no live step has been made yet, a failure puts the definition back.
 * @throws HostError when it can't be done, failed, or did not take effect.
 */
export async function applyDeclaration(
  connection: Connection,
  name: string,
  recorded: XmlElement | null,
  desired: XmlElement,
): Promise<Applied> {
  for (let attempt = 1; ; attempt++) {
    const { host, domain } = await readDomain(connection, name);
    if (!domain)
      throw new HostError(`there is no domain "${name}"`, connection.host, {
        remedy: "declare a Domain of that name, and refer to its name output",
      });
    const situation = situationOf(host, domain);
    const plan = planDomain(recorded, desired, situation);
    if (!plan.define && plan.liveSteps.length === 0) return { host, domain, plan };
    await checkFirst(connection, name, plan, situation);
    const commands = commandsOf(connection, domain, plan);
    const results = await connection.run(commands);
    const failed = results.find((result) => result.exitCode !== 0);
    if (failed?.exitCode === changedMeanwhile && plan.define && failed === results[0]) {
      if (attempt < 3) continue;
      throw new HostError(
        `the definition of "${name}" keeps being changed by somebody else`,
        connection.host,
        { remedy: "nothing of theirs was overwritten; run it again when they are done" },
      );
    }
    if (failed) {
      const liveDone = results.length - (plan.define ? 1 : 0) - 1;
      const isUntouched = liveDone <= 0;
      if (isUntouched && plan.define && failed !== results[0])
        await connection.run([virsh(connection, ["define", "/dev/stdin"], domain.inactiveXml)]);
      const remedy = isUntouched
        ? "nothing has changed on the host"
        : `${liveDone} steps before it are done and stay; the next up goes on from there`;
      throw new HostError(`changing "${name}" failed`, connection.host, {
        argv: redacted(failed.argv),
        stderr: failed.stderr,
        remedy,
      });
    }
    return verify(connection, name, recorded, desired);
  }
}

async function verify(
  connection: Connection,
  name: string,
  recorded: XmlElement | null,
  desired: XmlElement,
): Promise<Applied> {
  const { host, domain } = await readDomain(connection, name);
  if (!domain) throw new HostError(`the domain "${name}" went away while it was changed`, connection.host);
  const plan = planDomain(recorded, desired, situationOf(host, domain));
  const left = [...plan.inactiveChanges, ...(plan.liveSteps.length > 0 ? plan.liveChanges : [])];
  if (plan.define || plan.liveSteps.length > 0) {
    const told = left.map(
      (change) => `${change.path} is ${change.before ?? "absent"}, not ${change.after ?? "absent"}`,
    );
    throw new HostError(`libvirt took the change of "${name}" and did not make it`, connection.host, {
      stderr: told.join("; "),
    });
  }
  return { host, domain, plan };
}

function commandsOf(connection: Connection, domain: DomainFacts, plan: Plan): Command[] {
  const define = plan.define && {
    // What a shell substitution leaves out of the text ends the same way here: virsh closes with line breaks.
    argv: ["sh", "-c", guardedDefine, "sh", connection.virshUri, domain.uuid, digestOf(domain)],
    stdin: printXml(plan.define),
  };
  const live = plan.liveSteps.map((step) =>
    virsh(
      connection,
      step.args.map((word) => (word === DOMAIN ? domain.uuid : word)),
      step.stdin,
    ),
  );
  return [...(define ? [define] : []), ...live];
}

function digestOf(domain: DomainFacts): string {
  return createHash("sha256").update(`${domain.inactiveXml}\n\n`).digest("hex");
}

async function checkFirst(
  connection: Connection,
  name: string,
  plan: Plan,
  situation: Situation,
): Promise<void> {
  const obstacles = [...plan.obstacles];
  const added = plan.inactiveChanges.flatMap((change) => {
    const file =
      change.desired?.name === "disk"
        ? (valueAt(change.desired, "source/@file") ?? valueAt(change.desired, "source/@dev"))
        : undefined;
    return file && situation.live ? [file] : [];
  });
  obstacles.push(...(await findMissingFiles(connection, added)));
  if (obstacles.length > 0)
    throw new HostError(`"${name}" can't be changed so`, connection.host, {
      stderr: obstacles.join("; "),
      remedy: "nothing has changed on the host",
    });
}

/** Files that a disk names and that the host does not have. */
export async function findMissingFiles(connection: Connection, files: readonly string[]): Promise<string[]> {
  if (files.length === 0) return [];
  const results = await connection.run(
    files.map((file) => ({ argv: ["test", "-e", file] })),
    { keepGoing: true },
  );
  return files.flatMap((file, index) =>
    results[index]?.exitCode === 0
      ? []
      : [`source ${file} does not exist there; create it first, images are never made or deleted here`],
  );
}

/** Files of all disks of a declared domain. */
export function filesOf(domain: XmlElement): string[] {
  return elementsAt(domain, "devices/disk").flatMap((disk) => valueAt(disk, "source/@file") ?? []);
}

/** A guard's script is noise in a message. */
function redacted(argv: readonly string[]): readonly string[] {
  return argv[0] === "sh" ? ["virsh", "define"] : argv;
}
