import type { Label } from "../plan/labels.ts";
import type { RecordedChange, ResourceRecord } from "../plan/recordTypes.ts";
import { recordFormat } from "../plan/recordTypes.ts";

/** What `pulumi preview --json` adds: operations, errors, and resources that the provider is not asked about. */
export interface Preview {
  readonly operations: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  readonly records: readonly ResourceRecord[];
}

interface Side {
  readonly inputs?: Readonly<Record<string, unknown>>;
}

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: Side;
  readonly newState?: Side;
  readonly replaceReasons?: readonly string[] | null;
}

/** Argument that tells resources of a kind apart within their domain. */
const keys: Readonly<Record<string, string | null>> = {
  Domain: null,
  IoThread: "ioThreadId",
  IoThreadPin: "ioThread",
  VirtioDisk: "target",
  VirtioScsiController: "index",
};

/** Operations at which Pulumi does not ask the provider what would change. */
const labels: Readonly<Record<string, Label>> = {
  create: "define",
  delete: "delete",
  replace: "replace",
};

/**
 * Reads `pulumi preview --json`. `canonical` makes a host's URI what the provider records.
 * @throws Error when the text is something else.
 */
export function readPreview(text: string, canonical: (host: string) => string): Preview {
  let preview: { steps?: Step[]; diagnostics?: { message?: string; severity?: string; urn?: string }[] };
  try {
    preview = JSON.parse(text) as typeof preview;
  } catch (cause) {
    throw new Error("is not JSON; write it with: pulumi preview --json", { cause });
  }
  const summary = (preview as { changeSummary?: Record<string, number> } | null)?.changeSummary;
  if (!preview || !(Array.isArray(preview.steps) || summary || Array.isArray(preview.diagnostics)))
    throw new Error("is not what `pulumi preview --json` writes: it has no steps");
  return {
    operations: Object.fromEntries(Object.entries(summary ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))),
    errors: (preview.diagnostics ?? [])
      .filter(({ severity }) => severity === "error")
      .map(({ message = "", urn }) => `${urn ? `${nameOf(urn)}: ` : ""}${message.trim()}`),
    records: (preview.steps ?? []).flatMap((step) => recordOf(step, canonical)),
  };
}

function recordOf(step: Step, canonical: (host: string) => string): ResourceRecord[] {
  const label = labels[step.op];
  const kind = /(?:pulumi-nodejs:virsh|virsh:index):(\w+)::/.exec(step.urn)?.[1] ?? "";
  const inputs = (step.op === "delete" ? step.oldState : (step.newState ?? step.oldState))?.inputs ?? {};
  const key = keys[kind];
  if (label === undefined || key === undefined || typeof inputs.host !== "string") return [];
  const domain =
    kind === "Domain" ? (inputs.name ?? /<name>([^<]*)</.exec(String(inputs.xml))?.[1]) : inputs.domain;
  const name = { kind, key: key === null ? null : plain(inputs[key]) };
  const what = name.key === null ? kind : `${kind} ${name.key}`;
  const change: RecordedChange = {
    kind: step.op === "create" ? "add" : step.op === "delete" ? "remove" : "change",
    path: "resource",
    before: step.op === "create" ? null : what,
    after: step.op === "delete" ? null : `${what}${because(step)}`,
    label,
  };
  const starts = step.op === "create" && kind === "Domain" && inputs.running === true;
  const start = { kind: "change", path: "running", before: "false", after: "true", label: "start" } as const;
  return [
    {
      format: recordFormat,
      kind: "resource",
      host: canonical(inputs.host),
      domain: plain(domain),
      resource: name,
      isRunning: null,
      label: starts ? "start" : label,
      changes: starts ? [change, start] : [change],
      steps: [],
      obstacles: [],
      lints: [],
      xml: null,
      cpus: null,
    },
  ];
}

function because(step: Step): string {
  const reasons = (step.replaceReasons ?? []).filter((reason) => reason !== "__provider");
  return step.op === "replace" && reasons.length > 0 ? ` (another ${reasons.join(", ")})` : "";
}

/** An argument's value, or what stands for one that is not known before the apply. */
function plain(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "(not known yet)";
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}
