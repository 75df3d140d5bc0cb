/**
 * Words and patterns that mark a value as a secret in any kind of libvirt object; `redact.ts` hides them. The places
 * that hold secrets are in the tables of each kind of object.
 */

export interface SecretRow {
  /** Place from the root, without namespace prefixes; `*` is any one element, `**` any number of them. */
  readonly place: string;
  /** Attributes whose values are secret; `*` is all of them. Default: none. */
  readonly attributes?: readonly string[];
  /** Whether the element's text is secret. */
  readonly text?: true;
  /** Only values that match are secret. Default: all values. */
  readonly when?: RegExp;
  /** The value is the name of a secret, not a secret itself: hidden in reports, allowed in a program. */
  readonly isReference?: true;
  readonly reason: string;
}

/** Words by which people call secrets. */
const word =
  "pass(?:word|wd|phrase)|passwd|secret|token|credential|(?:api|access|private|signing|ssh)[-_ ]?key";

/**
 * Names of elements and attributes whose content is secret at any place. libvirt uses these words for secrets only, and
 * other tools may use them in `metadata`.
 */
export const tellingName = new RegExp(
  `${word}|^(?:pwd|pass|psk|otp|bearer|auth|authorization|cookie)$|user-?data|ignition|cloud-?init`,
  "i",
);
/** Names that match the pattern above although they hold no secret, but a date or a number. */
export const harmlessNames: ReadonlySet<string> = new Set(["passwdValidTo"]);

/** An assignment of a secret within a text: `luks.key=…`, `apikey=…`, `password: …`. */
const assignment = "(?:key|pass|pw|pwd|psk|auth)\\s*[=:]\\s*\\S";

/** URLs with a password before the host, or with a signature or a key among their parameters. */
const url =
  "://[^/\\s?#@:]*:[^/\\s?#@]+@|[?&](?:amp;)?(?:[a-z0-9_-]*(?:signature|credential|token|secret|key|password|policy)|sig|se|auth|jwt)=";

/** Texts that hold a secret at any place. */
export const tellingUrl = new RegExp(url, "i");
/** Marks free text (titles, metadata) or a command line as secret. */
export const tellingText = new RegExp(`${word}|user-?data|ignition|cloud-?init|${assignment}|${url}`, "i");

/** Secrets in `metadata`, which every kind of object has. */
export const metadataSecrets: SecretRow = {
  place: "metadata/**/*",
  attributes: ["*"],
  text: true,
  when: tellingText,
  reason: "notes of other tools",
};
