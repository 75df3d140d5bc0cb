/** Prints the part of `pulumi preview --json` for the example that the provider does not record. */
export function examplePreview(): string {
  const urn = (kind: string, name: string) => `urn:pulumi:prod::fleet::pulumi-nodejs:virsh:${kind}::${name}`;
  const host = "qemu+ssh://root@hv02/system";
  const disk = { host, domain: "web-021", source: { block: "/dev/vg0/scratch" } };
  return `${JSON.stringify(
    {
      steps: [
        {
          op: "create",
          urn: urn("Domain", "report"),
          newState: { inputs: { host, name: "report-201", memory: "8 GiB", vcpus: 4, running: true } },
        },
        {
          op: "replace",
          urn: urn("VirtioDisk", "scratch"),
          oldState: { inputs: { ...disk, target: "vdd" } },
          newState: { inputs: { ...disk, target: "vde" } },
          replaceReasons: ["target"],
        },
        {
          op: "delete",
          urn: urn("Domain", "legacy"),
          oldState: { inputs: { host: "qemu+ssh://root@hv03/system", name: "legacy-042" } },
        },
      ],
      diagnostics: [],
      changeSummary: { create: 1, delete: 1, replace: 1, same: 158, update: 39 },
    },
    null,
    2,
  )}\n`;
}
