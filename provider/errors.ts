import { bounded, visible } from "./model/values/visible.ts";

/** What can go wrong on the way to a host or on it: a closed table, for programs that act on it. */
export type HostErrorCode =
  /** The URI or an environment variable names something that can't be used. */
  | "settingUnusable"
  /** `~/.ssh/config` can't be read or asks for something that can't be done. */
  | "sshConfigUnusable"
  | "hostKeyUnknown"
  | "hostKeyChanged"
  | "hostKeyRevoked"
  | "authenticationRefused"
  /** No name, no route, nobody listens, or the two ends have no algorithm in common. */
  | "unreachable"
  /** No answer within a limit: what the command did is unknown. */
  | "timedOut"
  /** It broke after a command was sent: what the command did is unknown. */
  | "connectionLost"
  /** The server accepts the login, but opens no session. */
  | "sessionRefused"
  | "interrupted"
  /** The host printed more than is kept of it: what the command did is unknown. */
  | "outputTooLong"
  /** The login shell does not run commands, or has no `timeout`. */
  | "shellUnusable"
  | "virshMissing"
  | "libvirtDown"
  /** libvirtd answers, but not to this user. */
  | "libvirtDenied"
  /** Another job holds the domain. */
  | "domainBusy"
  | "hostFull"
  /** A command ended well, and what it printed is not a whole answer: nothing is known. */
  | "answerUnusable"
  /** A command said no, in its own words. */
  | "commandFailed";

export interface HostErrorDetails {
  /** Absent: commandFailed. */
  readonly code?: HostErrorCode;
  readonly argv?: readonly string[];
  readonly stderr?: string;
  /** What is true now, and what to do. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** After these nobody knows whether the command was carried out. */
const uncertain: ReadonlySet<HostErrorCode> = new Set([
  "timedOut",
  "connectionLost",
  "interrupted",
  "outputTooLong",
]);

/** Data first; the message derives from it: what, where and by which command; libvirt's own words; what to do. */
export class HostError extends Error {
  override readonly name = "HostError";
  /** What went wrong, without where. */
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

/** Something was done on the host and stays, and then a step failed: the state must know of it. */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  /** Null until the resource is known that it belongs to. */
  readonly id: string | null;
  /** What the resource's arguments became: an id that was chosen for it. */
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

/** Most lines of an error that a message shows: QEMU may print a page of its own. */
const shownLines = 12;

/**
 * libvirt's whole error. `virsh start` prints three lines (9.0.0): its own "Failed to start domain", libvirt's reason,
 * and on the next line, without `error:`, QEMU's: "Is another process using the image". What a login prints before is
 * no error, and virsh's own line says only what the message says already. Without `error:` the last line counts.
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

/** Of a script its arguments are data, and its text is noise. */
function printArgv(argv: readonly string[]): string {
  if (argv[0] === "sh" && argv[1] === "-c") return "sh -c …";
  return argv.map((word) => bounded(word)).join(" ");
}

/** Text of an error as people may see it: no line much longer than a screen is wide, no character that acts. */
export function shown(text: string): string {
  return visible(text.replaceAll("\r\n", "\n"))
    .split("\n")
    .map((line) => bounded(line, 600))
    .join("\n");
}
