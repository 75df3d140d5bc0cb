/** The commands by which a plan is carried out on the host. */
import { createHash } from "node:crypto";
import type { LibvirtObject } from "../../model/objects.ts";
import { objects } from "../../model/objects.ts";
import { printXml } from "../../model/xml/print.ts";
import type { LiveStep } from "../../plan/live/steps.ts";
import { DOMAIN } from "../../plan/live/steps.ts";
import type { Plan } from "../../plan/plan.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import type { Command, Connection } from "../connection/connection.ts";
import { virsh } from "../virsh/virsh.ts";
import { takeLock } from "./defineLock.ts";

/** Exit codes of the scripts below, which no command of virsh has. */
export const changedMeanwhile = 75;
export const stillAttached = 76;

/**
 * `define` takes no lock: it is refused when the definition is not the one that was planned from. Between that
 * look and the define no other of these scripts may come in, or both would see the same and the later one win: they
 * take turns by a lock. Prints the digest of what it made where it may
 * have to be taken back likewise: when live steps follow.
 */
const guardedDefine = ({ verbs }: LibvirtObject) => `${takeLock}
ask() { virsh -c "$@" 9<&-; }
digest() { ask "$1" ${verbs.dumpInactive.join(" ")} "$2" | sha256sum | cut -d' ' -f1; }
take_lock "$1"
[ "$(digest "$1" "$2")" = "$3" ] || exit ${changedMeanwhile}
ask "$1" ${verbs.define} /dev/stdin || exit
exec 9<&-
[ -z "$4" ] || { printf 'defined '; digest "$1" "$2"; }
`;
/** The script for each kind of object, and the verb that it stands for. */
const definers = new Map(
  Object.values(objects).map((object) => [guardedDefine(object), object.verbs.define]),
);

/** libvirt says "detached" while the guest still holds the device (9.0.0): only the live XML tells. */
const detachAndWait = `
uri=$1 domain=$2 alias="<alias name='$3'/>" tries=$4
virsh -c "$uri" detach-device "$domain" /dev/stdin --live || exit
while virsh -c "$uri" dumpxml "$domain" | grep -qF "$alias"; do
  tries=$((tries - 1)); [ "$tries" -gt 0 ] || exit ${stillAttached}
  sleep 0.2
done
`;
/** virsh puts a file's name after it and has a shell run that: the input, without the line break that scripts add. */
const editor = ["env", "VISUAL=head -c -1 >"];

/** Seconds that a guest has to let a device go, beyond the 5 that libvirt waits itself. */
export const detachSeconds = 10;

/** One `define` for the persistent side, then the live side. */
export function commandsOf(connection: Connection, domain: DomainFacts, plan: Plan): Command[] {
  const mayGoBack = plan.liveSteps.length > 0 ? "digest" : "";
  const define =
    plan.define &&
    defineCommand(
      connection,
      objects.domain,
      { uuid: domain.uuid, digest: digestOf(domain.inactiveXml), xml: printXml(plan.define) },
      mayGoBack,
    );
  return [...(define ? [define] : []), ...plan.liveSteps.map((step) => commandOf(connection, domain, step))];
}

/** A definition to write over one that was read. */
interface Rewritten {
  readonly uuid: string;
  /** Of what was read: only that is written over. */
  readonly digest: string;
  readonly xml: string;
}

export function defineCommand(
  connection: Connection,
  object: LibvirtObject,
  { uuid, digest, xml }: Rewritten,
  mayGoBack: "digest" | "" = "",
): Command {
  const words = [connection.virshUri, uuid, digest, mayGoBack];
  return { argv: ["sh", "-c", guardedDefine(object), "sh", ...words], stdin: xml };
}

export function commandOf(
  connection: Connection,
  domain: DomainFacts,
  { args, stdin, waitsFor }: Pick<LiveStep, "args" | "stdin" | "waitsFor">,
): Command {
  if (waitsFor === undefined) {
    const command = virsh(
      connection,
      args.map((word) => (word === DOMAIN ? domain.uuid : word)),
      stdin,
    );
    return args.at(-1) === "--edit" ? { ...command, argv: [...editor, ...command.argv] } : command;
  }
  const words = [connection.virshUri, domain.uuid, waitsFor, String(detachSeconds * 5)];
  return { argv: ["sh", "-c", detachAndWait, "sh", ...words], stdin: stdin ?? "" };
}

/** Of a definition as it was read: virsh closes what it dumps with two line breaks. */
export function digestOf(inactiveXml: string): string {
  return createHash("sha256").update(`${inactiveXml}\n\n`).digest("hex");
}

/** A script's text is noise in a message: its command is what counts. */
export function tellable(argv: readonly string[]): readonly string[] {
  if (argv[0] === "env") return argv.slice(editor.length);
  if (argv[0] !== "sh") return argv;
  const define = definers.get(argv[2] ?? "");
  if (define !== undefined) return ["virsh", define];
  return argv[2] === detachAndWait
    ? ["virsh", "detach-device", argv[6] ?? ""]
    : ["test", "-e", ...argv.slice(4)];
}
