/** Everything that goes wrong on the way to a host or on it: data first, the message derived from it. */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly host: string;
  readonly argv: readonly string[];
  readonly stderr: string;

  constructor(
    what: string,
    host: string,
    details: { argv?: readonly string[]; stderr?: string; remedy?: string; cause?: unknown } = {},
  ) {
    const lines = [`${what} on ${host}${details.argv ? `: ${details.argv.join(" ")}` : ""}`];
    const said = lastError(details.stderr ?? "");
    if (said) lines.push(said);
    if (details.remedy) lines.push(details.remedy);
    super(lines.join("\n"), { cause: details.cause });
    this.host = host;
    this.argv = details.argv ?? [];
    this.stderr = details.stderr ?? "";
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

/** virsh prints a generic line first; the last `error:` line is libvirt's own. */
function lastError(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  return lines.findLast((line) => line.startsWith("error:")) ?? lines.at(-1) ?? "";
}
