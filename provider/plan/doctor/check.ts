import type { HostErrorCode } from "../../errors.ts";
import type { DoctorFacts } from "./facts.ts";
import type { Verdict } from "./row.ts";
import { doctorRows } from "./rows.ts";

export interface DoctorLine {
  readonly id: string;
  readonly what: string;
  readonly verdict: Verdict;
  readonly found: string;
  /** What to do; empty when nothing is needed. */
  readonly remedy: string;
}

/** Stages on the way to a host, in order. A failed stage explains why later facts are unknown. */
const stages: readonly {
  readonly id: string;
  readonly what: string;
  readonly codes: readonly HostErrorCode[];
}[] = [
  { id: "uri", what: "URI and settings", codes: ["settingUnusable", "sshConfigUnusable"] },
  {
    id: "connection",
    what: "connection",
    codes: ["unreachable", "timedOut", "connectionLost", "interrupted"],
  },
  { id: "hostKey", what: "host key", codes: ["hostKeyUnknown", "hostKeyChanged", "hostKeyRevoked"] },
  { id: "authentication", what: "authentication", codes: ["authenticationRefused"] },
  { id: "session", what: "session", codes: ["sessionRefused", "shellUnusable"] },
  { id: "virsh", what: "virsh", codes: ["virshMissing", "answerUnusable", "outputTooLong"] },
  {
    id: "libvirt",
    what: "libvirt",
    codes: ["libvirtDown", "libvirtDenied", "commandFailed", "hostFull", "domainBusy"],
  },
];
/** Stages that only an SSH connection has. */
const remote: ReadonlySet<string> = new Set(["connection", "hostKey", "authentication", "session"]);

/** Returns a line per stage up to the one that failed, then the other findings. */
export function checkHost(facts: DoctorFacts): DoctorLine[] {
  const { failure } = facts;
  // If libvirtd hangs, the host itself is still reached.
  const isReached = facts.user !== null;
  const failed = failure && isReached && failure.code === "timedOut" ? "libvirt" : stageOf(failure?.code);
  const at = stages.findIndex(({ id }) => id === failed);
  const passed = at < 0 ? stages : stages.slice(0, at + 1);
  const way = passed
    .filter(({ id }) => facts.isSsh || !remote.has(id))
    .map(({ id, what }): DoctorLine => {
      if (id !== failed || !failure) return { id, what, verdict: "ok", found: "fine", remedy: "" };
      return { id, what, verdict: "problem", found: failure.said, remedy: failure.remedy };
    });
  const rest = doctorRows.flatMap(({ id, what, find }) =>
    find(facts).map((finding): DoctorLine => ({ id, what, remedy: "", ...finding })),
  );
  return [...way, ...rest];
}

function stageOf(code: HostErrorCode | undefined): string | null {
  return code === undefined ? null : (stages.find(({ codes }) => codes.includes(code))?.id ?? "libvirt");
}
