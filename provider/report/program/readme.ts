import { visibleLine } from "../../model/values/visible.ts";
import type { AdoptedHost } from "../../plan/adopt/adopted.ts";
import { codeText } from "../comment/markdownText.ts";
import type { Prepared } from "./prepare.ts";
import type { ProgramSettings } from "./settings.ts";

/** Prints the README: next steps, secrets, and notes about guests. */
export function printReadme(
  hosts: readonly AdoptedHost[],
  prepared: readonly Prepared[],
  { project, printWords }: ProgramSettings,
): string {
  const secrets = prepared.flatMap(({ uri, guest, resource, secrets: own }) =>
    own.map((secret) => {
      const key = `${resource}-${secret.key}`;
      const words = printWords(uri, guest.name);
      return `npx pulumi-virsh adopt ${words} --secret ${key} | pulumi config set --secret ${key}`;
    }),
  );
  const lines = [
    `# ${project}`,
    "",
    `${prepared.length} ${prepared.length === 1 ? "guest" : "guests"} of ${hosts.map(({ uri }) => codeText(withoutQuery(uri))).join(", ")}, as they were found. Written by`,
    "`pulumi-virsh adopt`, and from now on yours to edit.",
    "",
    "## Next",
    "",
    "```",
    "npm install",
    "pulumi stack init dev",
    ...secrets.map(visibleLine),
    "pulumi preview   # create: what the state does not have yet",
    "pulumi up        # takes the guests over; nothing on a host changes",
    "pulumi preview   # shows no change",
    "```",
    "",
    "Then edit: each preview names what changes on which guest, and what it costs.",
    "",
    "- Only what stands here is managed. What libvirt fills in by itself (addresses, UUIDs, controllers) is left out and stays as it is.",
    "- `retainOnDelete`: what leaves this program, or all of it by `pulumi destroy`, is forgotten and stays on its host. Take the option away and run `pulumi up` once, where removing a resource shall remove it from its host.",
    ...(hosts.some(({ storage }) => storage.volumes.length > 0)
      ? [
          "- Pools and volumes are those in which disks of these guests lie. A Volume says its size, its format and the image below it. What was written to it can't be declared: a volume that this program makes anew is empty.",
        ]
      : []),
    "- What is in disk images is never changed, and no image that is there is ever deleted.",
    ...(secrets.length > 0
      ? [
          "- Secrets are read from the stack's configuration. The lines with `--secret` above move each from its host there, without showing it.",
        ]
      : []),
    ...special(hosts),
  ];
  return `${lines.join("\n")}\n`;
}

function special(hosts: readonly AdoptedHost[]): string[] {
  const lines = hosts.flatMap(({ uri, guests, left }) => {
    const at = hosts.length > 1 ? ` (${codeText(withoutQuery(uri))})` : "";
    return [
      ...guests.flatMap(({ name, notes }) =>
        notes.map((note) => `- ${codeText(name)}${at} ${codeText2(note)}`),
      ),
      ...left.map(
        ({ name, reason }) => `- ${codeText(name)}${at} is not part of it: it ${codeText2(reason)}`,
      ),
    ];
  });
  return lines.length === 0 ? [] : ["", "## Special", "", ...lines];
}

const withoutQuery = (uri: string) => uri.replace(/\?.*$/s, "");
/** Escapes a note, which may quote values from hosts. */
const codeText2 = (note: string) => visibleLine(note).replace(/[`<>*_[\]|]/g, "\\$&");
