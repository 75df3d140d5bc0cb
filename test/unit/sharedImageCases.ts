import type { LintCase } from "./lintCases.ts";

const on = (source: string, more = "", device = "disk", target = "vda") =>
  `<devices><disk device='${device}'>${source}<target dev='${target}' bus='virtio'/>${more}</disk></devices>`;
const file = "<source file='/srv/a.raw'/>";
const l11 = (name: string, domain: string, beside: LintCase["beside"], want: RegExp | null): LintCase => ({
  id: "L11",
  name,
  domain,
  ...(beside ? { beside } : {}),
  want,
});
const rbd = (...hosts: readonly string[]) =>
  on(
    `<source protocol='rbd' name='pool/a'>${hosts.map((name) => `<host name='${name}'/>`).join("")}</source>`,
  );
const nbd = (port: string) => on(`<source protocol='nbd' name='x'><host name='hv1' ${port}/></source>`);

/** Cases with another guest that L11 reports, and cases that it ignores. */
export const sharedImageCases: readonly LintCase[] = [
  l11(
    "an image that a running guest holds open",
    on(file),
    { live: on(file), inactive: on(file) },
    /^disk vda is on \/srv\/a\.raw, which other running guests hold open for writing: "web"$/,
  ),
  l11(
    "an image of a guest that is off",
    on(file),
    { inactive: on(file) },
    /is a disk of other guests too: "web"$/,
  ),
  l11(
    "an image that the program declares of two guests",
    on(file),
    { declared: [on(file)] },
    /which the program gives to other guests too: "web"$/,
  ),
  l11(
    "an image that the other guest declares and has already, once",
    on(file),
    { inactive: on(file), declared: [on(file)] },
    /^[^;]*the program gives[^;]*$/,
  ),
  l11(
    "one path in two spellings, as file and as block device",
    on("<source file='/dev//vg/./x/../a'/>"),
    { live: on("<source dev='/dev/vg/a'/>") },
    /hold open/,
  ),
  l11(
    "one volume",
    on("<source pool='p' volume='v'/>"),
    { inactive: on("<source pool='p' volume='v'/>") },
    /volume v of pool p/,
  ),
  l11(
    "volumes of two pools",
    on("<source pool='p' volume='v'/>"),
    { inactive: on("<source pool='q' volume='v'/>") },
    null,
  ),
  l11(
    "a network disk with a server in common",
    rbd("mon1", "mon2"),
    { live: rbd("MON2", "mon3") },
    /rbd pool\/a at mon1:, mon2:/,
  ),
  l11("network disks of other servers", rbd("mon1"), { live: rbd("mon3") }, null),
  l11("a port that libvirt fills in", nbd(""), { live: nbd("port='10809'") }, /nbd x at hv1:10809/),
  l11("servers at two ports", nbd(""), { live: nbd("port='10810'") }, null),
  l11(
    "a web server's image",
    on("<source protocol='https' name='a'><host name='x'/></source>"),
    { live: on("<source protocol='https' name='a'><host name='x'/></source>") },
    null,
  ),
  l11("two shareable disks", on(file, "<shareable/>"), { live: on(file, "<shareable/>") }, null),
  l11("a disk that alone is shareable", on(file, "<shareable/>"), { live: on(file) }, /hold open/),
  l11(
    "two readers",
    on(file, "<readonly/>"),
    { live: on(file, "<readonly/>"), declared: [on(file)] },
    /the program gives/,
  ),
  l11(
    "two readers, one declared without a word of it",
    on(file, "<readonly/>"),
    { inactive: on(file, "<readonly/>"), declared: [on(file)] },
    null,
  ),
  l11("a reader beside a writer", on(file, "<readonly/>"), { live: on(file) }, /hold open for writing/),
  l11(
    "a writer beside a reader, which QEMU refuses too",
    on(file),
    { live: on(file, "<readonly/>") },
    /hold open: "web"/,
  ),
  l11(
    "transient disks over one image",
    on(file, "<transient shareBacking='yes'/>"),
    { live: on(file, "<transient shareBacking='yes'/>") },
    null,
  ),
  l11("a CD-ROM", on(file, "", "cdrom"), { live: on(file, "", "cdrom") }, null),
  l11("a floppy", on(file, "", "floppy"), { live: on(file) }, null),
  l11(
    "a file below an overlay",
    on(file),
    { live: on(`<source file='/srv/o.qcow2'/><backingStore type='file'>${file}</backingStore>`) },
    null,
  ),
  l11("other images", on(file), { live: on("<source file='/srv/b.raw'/>") }, null),
  l11("an empty drive", on("<source file=''/>"), { live: on("<source file=''/>") }, null),
  l11(
    "an image that the program takes away from the other guest",
    on(file),
    { inactive: on(file), declared: [on("<source file='/srv/b.raw'/>")] },
    null,
  ),
  {
    ...l11("a disk that the program does not declare", on(file), { live: on(file) }, null),
    declaredDisks: ["vdb"],
  },
];
