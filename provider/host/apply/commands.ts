/** The commands that carry out a plan on the host. */
import { createHash } from "node:crypto";
import type { DefinedObject } from "../../model/objects.ts";
import { definedObjects, objects } from "../../model/objects.ts";
import { printXml } from "../../model/xml/print.ts";
import type { LiveStep } from "../../plan/live/steps.ts";
import { DOMAIN } from "../../plan/live/steps.ts";
import type { Plan } from "../../plan/plan.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import type { Command, Connection } from "../connection/connection.ts";
import { virsh } from "../virsh/virsh.ts";
import { takeLock } from "./defineLock.ts";

/** Exit codes of the scripts below; virsh uses none of them. */
export const changedMeanwhile = 75;
export const stillAttached = 76;

/**
 * Defines an object only if its definition still has the planned digest, because `define` itself takes no lock. A lock
 * keeps other runs of this script out between the check and the define: otherwise both would pass the check and the
 * later one would win. When live steps follow, it prints the digest of the new definition, so that a failure can
 * restore the old one under the same guard.
 */
const guardedDefine = ({ verbs }: DefinedObject) => `${takeLock}
ask() { virsh -c "$@" 9<&-; }
digest() { ask "$1" ${verbs.dumpInactive.join(" ")} "$2" | sha256sum | cut -d' ' -f1; }
take_lock "$1"
[ "$(digest "$1" "$2")" = "$3" ] || exit ${changedMeanwhile}
ask "$1" ${verbs.define} /dev/stdin || exit
exec 9<&-
[ -z "$4" ] || { printf 'defined '; digest "$1" "$2"; }
`;
/** Script for each kind of object → the virsh command that messages show for it. */
const definers = new Map(definedObjects.map((object) => [guardedDefine(object), object.verbs.define]));

/**
 * Detaches a device and waits until the live XML lacks it: libvirt 9.0.0 says "detached" too early. A device that is
 * gone already is detached: an earlier request, whose update was interrupted, takes effect when the guest lets go.
 */
const detachAndWait = `
uri=$1 domain=$2 alias="<alias name='$3'/>" tries=$4
virsh -c "$uri" detach-device "$domain" /dev/stdin --live || {
  status=$?
  live=$(virsh -c "$uri" dumpxml "$domain") || exit "$status"
  case $live in *"$alias"*) exit "$status" ;; esac
}
while virsh -c "$uri" dumpxml "$domain" | grep -qF "$alias"; do
  tries=$((tries - 1)); [ "$tries" -gt 0 ] || exit ${stillAttached}
  sleep 0.2
done
`;
/** The editor for virsh, which appends a file name: saves the standard input without the line break that scripts add. */
const editor = ["env", "VISUAL=head -c -1 >"];

/** Seconds that a guest has to release a device, beyond the 5 that libvirt itself waits. */
export const detachSeconds = 10;

/** One `define` for the persistent side, then the commands for the live side. */
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

/** A definition that replaces one that was read. */
interface Rewritten {
  readonly uuid: string;
  /** Digest of the definition that was read; the script replaces no other. */
  readonly digest: string;
  readonly xml: string;
}

export function defineCommand(
  connection: Connection,
  object: DefinedObject,
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

/** Digest of a definition that was read. virsh ends a dump with two line breaks. */
export function digestOf(inactiveXml: string): string {
  return createHash("sha256").update(`${inactiveXml}\n\n`).digest("hex");
}

/** The words of a command for messages: for a script, the virsh command that it makes. */
export function printableArgv(argv: readonly string[]): readonly string[] {
  if (argv[0] === "env") return argv.slice(editor.length);
  if (argv[0] !== "sh") return argv;
  const define = definers.get(argv[2] ?? "");
  if (define !== undefined) return ["virsh", define];
  return argv[2] === detachAndWait
    ? ["virsh", "detach-device", argv[6] ?? ""]
    : ["test", "-e", ...argv.slice(4).filter((_, at) => at % 2 === 1)];
}
