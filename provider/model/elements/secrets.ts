/** What looks like a secret in a domain's XML: the one table of it. `redact.ts` hides it. */

interface SecretRow {
  /** Place from `<domain>`, without namespace prefixes: elements by name; `*` is any one element, `**` any number of them. */
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

/** Words by which people call secrets. */
const word =
  "pass(?:word|wd|phrase)|passwd|secret|token|credential|(?:api|access|private|signing|ssh)[-_ ]?key";

/**
 * Names of elements and attributes whose content is secret, wherever they are: libvirt's own say nothing else by these
 * words, and `metadata` belongs to other tools.
 */
export const tellingName = new RegExp(
  `${word}|^(?:pwd|pass|psk|otp|bearer|auth|authorization|cookie)$|user-?data|ignition|cloud-?init`,
  "i",
);
/** Names that the pattern above takes for more than they are: what they hold is a date or a number. */
export const harmlessNames: ReadonlySet<string> = new Set(["passwdValidTo"]);

/** A value that is given to a secret's name within a text: `luks.key=…`, `apikey=…`, `password: …`. */
const assignment = "(?:key|pass|pw|pwd|psk|auth)\\s*[=:]\\s*\\S";

/** URLs with a password before the host, or with a signature or a key among their parameters. */
const url =
  "://[^/\\s?#@:]*:[^/\\s?#@]+@|[?&](?:amp;)?(?:[a-z0-9_-]*(?:signature|credential|token|secret|key|password|policy)|sig|se|auth|jwt)=";

/** Texts that hold a secret wherever they are. */
export const tellingUrl = new RegExp(url, "i");
/** Words and assignments that mark a text as secret where it is a text of people or of a command. */
export const tellingText = new RegExp(`${word}|user-?data|ignition|cloud-?init|${assignment}|${url}`, "i");

/** Places of a domain's XML that hold secrets, or may. What is not listed, and not called by a telling name, is shown. */
export const secretRows: readonly SecretRow[] = [
  { place: "devices/graphics", attributes: ["passwd"], reason: "password of VNC and SPICE" },
  {
    place: "devices/**/secret",
    attributes: ["*"],
    text: true,
    isReference: true,
    reason: "names the secret of a disk or volume",
  },
  {
    place: "devices/**/encryption",
    attributes: ["secret"],
    isReference: true,
    reason: "names the secret of a TPM's state",
  },
  { place: "devices/**/source", attributes: ["query"], reason: "signatures of URLs stand in their query" },
  { place: "devices/**/cookie", text: true, reason: "HTTP cookie of a network disk" },
  { place: "sysinfo/oemStrings/entry", text: true, reason: "credentials and cloud-init data travel here" },
  { place: "sysinfo/*/entry", text: true, when: /ds=|[:;]|^.{65,}/, reason: "cloud-init data in SMBIOS" },
  { place: "sysinfo/entry", text: true, reason: "fw_cfg: Ignition and cloud-init data" },
  { place: "launchSecurity/*", text: true, when: /^.{65,}/, reason: "blobs of a confidential guest" },
  { place: "os/cmdline", text: true, when: tellingText, reason: "kernel arguments with a password or token" },
  { place: "os/initarg", text: true, when: tellingText, reason: "arguments of a container's first process" },
  { place: "os/initenv", text: true, reason: "environment of a container" },
  { place: "title", text: true, when: tellingText, reason: "notes of people" },
  { place: "description", text: true, when: tellingText, reason: "notes of people" },
  { place: "commandline/env", attributes: ["value"], reason: "environment of QEMU" },
  {
    place: "commandline/arg",
    attributes: ["value"],
    when: new RegExp(`${tellingText.source}|fw_cfg|string=|data=|smbios|^type=`, "i"),
    reason: "arguments of QEMU that carry data or name a secret",
  },
  {
    place: "metadata/**/*",
    attributes: ["*"],
    text: true,
    when: tellingText,
    reason: "notes of other tools",
  },
];
