/** Messages about changes that libvirt accepted and that are not in force. */

import { HostError, PartialFailure } from "../../errors.ts";
import { domainSchema } from "../../model/elements/domain/schema.ts";
import { printVersion } from "../../model/values/version.ts";
import type { Cause, Undone } from "../../plan/checks/causes.ts";
import type { LabelledChange } from "../../plan/plan.ts";
import { recordChange } from "../../plan/record/change.ts";
import type { HostFacts } from "../../plan/situation/facts.ts";

const causes: Readonly<Record<Cause, string>> = {
  ignored: "libvirt ignores it",
  "set by others": "something else sets it",
  "not followed": "the guest did not follow",
};

export function notInForce(host: string, name: string, undone: readonly Undone[]): PartialFailure {
  const told = undone.map(({ change, label, cause }) => {
    const { path, before, after } = recordChange(domainSchema, change, label);
    return `${path} is ${before ?? "absent"}, not ${after ?? "absent"}: ${causes[cause]}`;
  });
  return new PartialFailure(
    null,
    new HostError(`libvirt took the change of "${name}" and it is not in force`, host, {
      stderr: told.join("; "),
      remedy: "see what is true now above; the next up tries it again",
    }),
  );
}

/** A note for each place that libvirt accepted and ignored: it has no effect, and does no harm to other changes. */
export function noteIgnored(
  host: Pick<HostFacts, "libvirtVersion">,
  name: string,
  ignored: readonly LabelledChange[],
): string[] {
  const version = printVersion(host.libvirtVersion);
  return ignored.map(
    ({ change }) =>
      `${name}: ${change.path} is declared, and libvirt ${version} ignores it: it does not know it, or not for this kind of device`,
  );
}
