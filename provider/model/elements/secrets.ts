/** What looks like a secret in any XML of libvirt's; `redact.ts` hides it. What is one by its place is in the tables of each kind of object. */

export interface SecretRow {
  /** Place from the root, without namespace prefixes: elements by name; `*` is any one element, `**` any number of them. */
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
