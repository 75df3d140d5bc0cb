import { printXml } from "../xml/print.ts";
import type { XmlElement, XmlNode } from "../xml/tree.ts";

/** What stands in place of a secret. */
export const hidden = "[secret]";

interface SecretRow {
  /** Place from `<domain>`: elements by name; `*` is any one element, `**` any number of them. */
  readonly place: string;
  /** Attributes whose values are secret; `*` is all of them. Absent: none. */
  readonly attributes?: readonly string[];
  /** Whether the element's text is secret. */
  readonly text?: true;
  /** Only values that look like this; absent: always. */
  readonly when?: RegExp;
  /** It says which secret is meant, and is none itself: hidden from reports, fine in a program. */
  readonly isReference?: true;
  readonly reason: string;
}

/** Words that mark a value as secret where libvirt's schema says nothing about it. */
const telling =
  /pass(word|wd|phrase)|secret|token|credential|private[-_ ]?key|user-?data|ignition|cloud-?init/i;

/** Places of a domain's XML that hold secrets, or may. What is not listed is shown. */
export const secretRows: readonly SecretRow[] = [
  { place: "devices/graphics", attributes: ["passwd"], reason: "password of VNC and SPICE" },
  {
    place: "devices/**/secret",
    attributes: ["*"],
    text: true,
    isReference: true,
    reason: "names the secret of a disk or volume",
  },
  { place: "devices/**/cookie", text: true, reason: "HTTP cookie of a network disk" },
  { place: "sysinfo/oemStrings/entry", text: true, reason: "credentials and cloud-init data travel here" },
  { place: "sysinfo/*/entry", text: true, when: /ds=|[:;]|^.{65,}/, reason: "cloud-init data in SMBIOS" },
  { place: "sysinfo/entry", text: true, reason: "fw_cfg: Ignition and cloud-init data" },
  { place: "launchSecurity/*", text: true, when: /^.{65,}/, reason: "blobs of a confidential guest" },
  { place: "os/cmdline", text: true, when: telling, reason: "kernel arguments with a password or token" },
  { place: "os/initenv", text: true, reason: "environment of a container" },
  { place: "qemu:commandline/qemu:env", attributes: ["value"], reason: "environment of QEMU" },
  {
    place: "qemu:commandline/qemu:arg",
    attributes: ["value"],
    when: new RegExp(`${telling.source}|fw_cfg|string=|data=|smbios|^type=`, "i"),
    reason: "arguments of QEMU that carry data or name a secret",
  },
  { place: "metadata/**/*", attributes: ["*"], text: true, when: telling, reason: "notes of other tools" },
];

/** Elements below `metadata` whose very name says that they hold a secret. */
const isTellingName = (path: readonly string[]) => path[0] === "metadata" && telling.test(path.at(-1) ?? "");

/** A copy of an element with its secrets hidden. `path`: names from below `<domain>` down to the element itself. */
export function redact(element: XmlElement, path: readonly string[] = []): XmlElement {
  const rows = secretRows.filter((row) => matches(row.place.split("/"), path));
  const hides = (row: SecretRow, value: string) => row.when === undefined || row.when.test(value);
  const all = isTellingName(path);
  const attributes = element.attributes.map(({ name, value }) => {
    const isSecret = rows.some(
      (row) => (row.attributes?.includes(name) || row.attributes?.includes("*")) && hides(row, value),
    );
    return isSecret || all ? { name, value: hidden } : { name, value };
  });
  const children = element.children.map((child): XmlNode => {
    if (child.kind === "element") return redact(child, [...path, child.name]);
    if (child.kind === "comment" || child.kind === "instruction" || child.text.trim() === "") return child;
    const isSecret = rows.some((row) => row.text && hides(row, child.text.trim()));
    return isSecret || all ? { ...child, text: hidden } : child;
  });
  return { ...element, attributes, children };
}

/** Whether anything in a domain's XML must be hidden. */
export function holdsSecret(domain: XmlElement): boolean {
  return printXml(redact(domain)) !== printXml(domain);
}

/** A single value as `redact` would print it: an attribute's when `attribute` is given, else the element's text. */
export function redactValue(value: string, path: readonly string[], attribute: string | null): string {
  const node: XmlElement = {
    kind: "element",
    name: path.at(-1) ?? "",
    attributes: attribute === null ? [] : [{ name: attribute, value }],
    children: attribute === null ? [{ kind: "text", text: value }] : [],
  };
  const { attributes, children } = redact(node, path);
  const [text] = children;
  return attributes[0]?.value ?? (text?.kind === "text" ? text.text : value);
}

/** Whether what is hidden at that place only names a secret that libvirt keeps. */
export function isReference(path: readonly string[]): boolean {
  return secretRows.some((row) => row.isReference && matches(row.place.split("/"), path));
}

function matches(pattern: readonly string[], path: readonly string[]): boolean {
  const [head, ...rest] = pattern;
  if (head === undefined) return path.length === 0;
  if (head === "**") return matches(rest, path) || (path.length > 0 && matches(pattern, path.slice(1)));
  return path.length > 0 && (head === "*" || head === path[0]) && matches(rest, path.slice(1));
}
