import type { ResourceRecord } from "../../provider/plan/record/types.ts";

/** Text that has an effect wherever it is not escaped. */
export const hostile =
  "`x`\n```\n</details><script>alert(1)</script>@all [a](javascript:b) <!-- 'q\" | \u0000";

/** Makes the record of one changed guest. */
export function resource(
  domain: string,
  edit: Partial<ResourceRecord> = {},
  host = "qemu+ssh://root@hv1/system",
): ResourceRecord {
  return {
    format: 2,
    kind: "resource",
    host,
    object: { kind: "domain", name: domain },
    domain,
    resource: { kind: "Domain", key: null },
    isRunning: true,
    label: "live",
    changes: [{ kind: "change", path: "vcpu", before: "1", after: "2", label: "live" }],
    steps: [],
    obstacles: [],
    lints: [],
    xml: null,
    cpus: null,
    ...edit,
  };
}
