import type { RunState } from "../../plan/situation/facts.ts";

interface Words {
  readonly state: RunState;
  /** Indexed by the number of the reason. */
  readonly reasons: readonly string[];
}

/** virsh's words for the state numbers of `domstats`. @see tools/virsh-domain-monitor.c of libvirt 9.0.0 */
const words: readonly Words[] = [
  { state: "no state", reasons: ["unknown"] },
  {
    state: "running",
    reasons: [
      "unknown",
      "booted",
      "migrated",
      "restored",
      "from snapshot",
      "unpaused",
      "migration canceled",
      "save canceled",
      "event wakeup",
      "crashed",
      "post-copy",
      "post-copy failed",
    ],
  },
  { state: "idle", reasons: ["unknown"] },
  {
    state: "paused",
    reasons: [
      "unknown",
      "user",
      "migrating",
      "saving",
      "dumping",
      "I/O error",
      "watchdog",
      "from snapshot",
      "shutting down",
      "creating snapshot",
      "crashed",
      "starting up",
      "post-copy",
      "post-copy failed",
    ],
  },
  { state: "in shutdown", reasons: ["unknown", "user"] },
  {
    state: "shut off",
    reasons: [
      "unknown",
      "shutdown",
      "destroyed",
      "crashed",
      "migrated",
      "saved",
      "failed",
      "from snapshot",
      "daemon",
    ],
  },
  { state: "crashed", reasons: ["unknown", "panicked"] },
  { state: "pmsuspended", reasons: ["unknown"] },
];

/** The state of a domain in libvirt's words; if `domstats` does not report it, derived from whether it is active. */
export function runStateOf(
  state: number | null,
  reason: number | null,
  isActive: boolean,
): { readonly state: RunState; readonly stateReason: string } {
  const found = state === null ? undefined : words[state];
  if (!found) return { state: isActive ? "running" : "shut off", stateReason: "" };
  return { state: found.state, stateReason: found.reasons[reason ?? 0] ?? "unknown" };
}
