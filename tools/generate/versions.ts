import { printVersion } from "../../provider/model/values/version.ts";
import { readColumns, releaseOf } from "../versions/column.ts";
import { trialsWith } from "../versions/trials.ts";

/** Prints what each version of libvirt and QEMU made of the trials. */
export function printVersions(): string {
  const columns = readColumns();
  const cells = (name: string) => columns.map(({ results }) => results[name] ?? "not tried");
  const row = (...all: readonly string[]) => `| ${all.join(" | ")} |`;
  return [
    "# Versions of libvirt and QEMU",
    "",
    "This table is made from runs: `npm run versions` tries each line on a running guest, through the same code as `pulumi up`, looks",
    "what is in force at once and what after a power cycle, and writes a column. `test/host/versions.test.ts` compares the",
    "column with the host under test.",
    "",
    `Measured with ${columns.map(({ libvirt, qemu }) => `libvirt ${printVersion(libvirt)} and QEMU ${printVersion(qemu)}`).join(", ")}.`,
    "",
    row(
      "change to a running guest",
      ...columns.map((each) => `libvirt ${releaseOf(each).replace(" / ", ", QEMU ")}`),
    ),
    row("---", ...columns.map(() => "---")),
    ...trialsWith(() => "").map(({ name }) => row(name, ...cells(name))),
    "",
    "- _live_: the guest does not notice, and it is still so after a power cycle.",
    '- _at the next boot_: defined at once, in force after the next power cycle; `whenRunning: "detach"` or `"restart"` brings it',
    "  earlier ([costs](costs.md)).",
    "- _refused_: the preview and the update name the versions that it needs, and nothing has changed.",
    "",
    "Versions in between have what the first version named in a refusal has. The same versions are in `getHost`'s `features`, in",
    "`pulumi-virsh doctor` and in lint L8.",
    "",
  ].join("\n");
}
