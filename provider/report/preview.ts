import { table } from "../model/table.ts";
import type { Label } from "../plan/live/labels.ts";
import type { RecordedChange, ResourceRecord } from "../plan/record/types.ts";
import { recordFormat } from "../plan/record/types.ts";

/** Data that only `pulumi preview --json` has: operations, errors, and resources that the provider is not asked about. */
export interface Preview {
  readonly operations: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
  readonly records: readonly ResourceRecord[];
}

type Inputs = Readonly<Record<string, unknown>>;

interface Side {
  readonly inputs?: Inputs;
}

interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: Side;
  readonly newState?: Side;
  readonly replaceReasons?: readonly string[] | null;
}

/** Argument that identifies a resource of each kind within its domain. */
const keys: Readonly<Record<string, string | null>> = table({
  Domain: null,
  IoThread: "ioThreadId",
  IoThreadPin: "ioThread",
  VirtioDisk: "target",
  VirtioScsiController: "index",
  StoragePool: null,
  Volume: null,
});

/** Kinds of objects that are not a domain or a part of one. */
const objects: Readonly<Record<string, "storagePool" | "volume">> = table({
  StoragePool: "storagePool",
  Volume: "volume",
});

/** Operations for which Pulumi does not ask the provider, with the lowest label that they can have. */
const labels: Readonly<Record<string, Label>> = table({
  create: "define",
  delete: "delete",
  replace: "replace",
});

/** A replacement makes another pool or volume beside it. A removal leaves it on the host, but for `onDelete`. */
function storageLabel(op: string, { onDelete }: Inputs): Label | undefined {
  if (labels[op] === undefined) return undefined;
  return op === "delete" && onDelete === "delete" ? "delete" : "define";
}

/**
 * Parses the output of `pulumi preview --json`. `canonical` converts a host's URI to the form in the provider's
 * records.
 * @throws Error when the text is something else
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
  const kind = /(?:pulumi-nodejs:virsh|virsh:index):(\w+)::/.exec(step.urn)?.[1] ?? "";
  const old = step.oldState?.inputs;
  const next = step.newState?.inputs;
  // We report a removal or replacement at the old place. The provider reports a creation at the new one.
  const inputs = (step.op === "create" ? next : (old ?? next)) ?? {};
  const key = keys[kind];
  const object = objects[kind];
  const label = object ? storageLabel(step.op, inputs) : labels[step.op];
  if (label === undefined || key === undefined || typeof inputs.host !== "string") return [];
  const domain = object
    ? [...(object === "volume" ? [inputs.pool] : []), inputs.name].map((part) => plain(part)).join("/")
    : kind === "Domain"
      ? (inputs.name ?? /<name>([^<]*)</.exec(String(inputs.xml))?.[1])
      : inputs.domain;
  const keyIn = (side: Inputs) =>
    key === null ? null : plain(side[key], `${nameOf(step.urn)}, not known yet`);
  const called = (side: Inputs) => (key === null ? kind : `${kind} ${keyIn(side)}`);
  const change: RecordedChange = {
    kind: step.op === "create" ? "add" : step.op === "delete" ? "remove" : "change",
    path: "resource",
    before: step.op === "create" ? null : called(inputs),
    after: step.op === "delete" ? null : `${called(next ?? inputs)}${because(step)}`,
    label,
  };
  const starts = step.op === "create" && kind === "Domain" && inputs.running === true;
  const start = { kind: "change", path: "running", before: "false", after: "true", label: "start" } as const;
  return [
    {
      format: recordFormat,
      kind: "resource",
      host: canonical(inputs.host),
      object: { kind: object ?? "domain", name: plain(domain) },
      domain: plain(domain),
      resource: { kind, key: keyIn(inputs) },
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

/** The text that the engine writes for an unknown value. */
const unknownMark = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Prints an argument's value, or `otherwise` if it is not known before the update. */
function plain(value: unknown, otherwise = "not known yet"): string {
  const isKnown = value !== unknownMark && (typeof value === "string" || typeof value === "number");
  return isKnown ? String(value) : `(${otherwise})`;
}

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}
