import { bounded, visible } from "./model/values/visible.ts";

/** Everything that can go wrong on the way to a host or on it. Programs can act on these codes. */
export type HostErrorCode =
  /** The URI or an environment variable has an unusable value. */
  | "settingUnusable"
  /** `~/.ssh/config` can't be read or requests something impossible. */
  | "sshConfigUnusable"
  | "hostKeyUnknown"
  | "hostKeyChanged"
  | "hostKeyRevoked"
  | "authenticationRefused"
  /** The name is unknown, there is no route, nobody listens, or both ends have no algorithm in common. */
  | "unreachable"
  /** No answer within a limit. The effect of the command is unknown. */
  | "timedOut"
  /** The connection broke after a command was sent. The effect of the command is unknown. */
  | "connectionLost"
  /** The server accepts the login but opens no session. */
  | "sessionRefused"
  | "interrupted"
  /** The host printed more than the limit. The effect of the command is unknown. */
  | "outputTooLong"
  /** The login shell does not run commands, or has no `timeout`. */
  | "shellUnusable"
  | "virshMissing"
  | "libvirtDown"
  /** libvirtd refuses this user. */
  | "libvirtDenied"
  /** Another job holds the domain. */
  | "domainBusy"
  | "hostFull"
  /** A command succeeded, but its output is incomplete, so nothing is known. */
  | "answerUnusable"
  /** A command failed; the error has its message. */
  | "commandFailed";

export interface HostErrorDetails {
  /** Default: commandFailed. */
  readonly code?: HostErrorCode;
  readonly argv?: readonly string[];
  readonly stderr?: string;
  /** What is true now and what to do. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** After these errors it is unknown whether the command was carried out. */
const uncertain: ReadonlySet<HostErrorCode> = new Set([
  "timedOut",
  "connectionLost",
  "interrupted",
  "outputTooLong",
]);

/**
 * An error of a host, as data. The message is made from it: what failed, where, by which command; libvirt's own
 * message; what to do.
 */
export class HostError extends Error {
  override readonly name = "HostError";
  /** What failed, without the host. */
  readonly what: string;
  readonly code: HostErrorCode;
  readonly host: string;
  readonly argv: readonly string[];
  readonly stderr: string;
  readonly remedy: string;

  constructor(what: string, host: string, details: HostErrorDetails = {}) {
    const argv = details.argv ?? [];
    const lines = [`${what} on ${host}${argv.length > 0 ? `: ${printArgv(argv)}` : ""}`];
    const said = wholeError(details.stderr ?? "");
    if (said) lines.push(said);
    if (details.remedy) lines.push(details.remedy);
    super(shown(lines.join("\n")), { cause: details.cause });
    this.what = what;
    this.code = details.code ?? "commandFailed";
    this.host = host;
    this.argv = argv;
    this.stderr = details.stderr ?? "";
    this.remedy = details.remedy ?? "";
  }
}

/** A step failed after an earlier one had changed the host, so the state must record the change. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  /** Id of the resource; `null` while it is unknown. */
  readonly id: string | null;
  /** Arguments that were chosen during the operation, such as an id. */
  readonly outputs: Readonly<Record<string, unknown>>;

  constructor(id: string | null, cause: Error, outputs: Readonly<Record<string, unknown>> = {}) {
    super(cause.message, { cause });
    this.id = id;
    this.outputs = outputs;
  }
}

/** Whether something may have been done on the host before this error. */
export function mayHaveActed(error: unknown): boolean {
  if (error instanceof PartialFailure) return true;
  return error instanceof HostError && uncertain.has(error.code);
}

/** Most lines of an error in a message: QEMU may print a whole page. */
const shownLines = 12;

/**
 * Extracts libvirt's error. `virsh start` prints three lines (9.0.0): "Failed to start domain", libvirt's reason, and
 * QEMU's on a line without `error:`: "Is another process using the image". We drop output of the login before it, and
 * virsh's own first line, which repeats our message. Without `error:`, the last line counts.
 */
function wholeError(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const first = lines.findIndex((line) => line.startsWith("error:"));
  if (first < 0) return lines.at(-1) ?? "";
  const isGeneric = lines.slice(first + 1).some((line) => line.startsWith("error:"));
  const own = lines.slice(isGeneric ? first + 1 : first);
  const left = own.length - shownLines;
  return [...own.slice(0, shownLines), ...(left > 0 ? [`… (${left} more lines)`] : [])].join("\n");
}

/** Prints a command. Omits the text and arguments of a script, which don't help a user. */
function printArgv(argv: readonly string[]): string {
  if (argv[0] === "sh" && argv[1] === "-c") return "sh -c …";
  return argv.map((word) => bounded(word)).join(" ");
}

/** Makes an error's text fit for display: bounds its lines and makes control characters visible. */
export function shown(text: string): string {
  return visible(text.replaceAll("\r\n", "\n"))
    .split("\n")
    .map((line) => bounded(line, 600))
    .join("\n");
}
