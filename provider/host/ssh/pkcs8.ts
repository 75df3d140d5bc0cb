import type { KeyObject } from "node:crypto";
import { createPrivateKey, randomBytes } from "node:crypto";

/** Converts a PKCS#8 key to a format that ssh2 reads; `null` for any other text. @throws Error of OpenSSL */
export function convertPkcs8(text: string, passphrase: string | undefined): string | null {
  const isLocked = /^-----BEGIN ENCRYPTED PRIVATE KEY-----/m.test(text);
  if (!isLocked && !/^-----BEGIN PRIVATE KEY-----/m.test(text)) return null;
  const key = open(text, isLocked, passphrase);
  if (key.asymmetricKeyType === "rsa") return key.export({ type: "pkcs1", format: "pem" }).toString();
  if (key.asymmetricKeyType === "ec") return key.export({ type: "sec1", format: "pem" }).toString();
  if (key.asymmetricKeyType === "ed25519") return printEd25519(key);
  throw new Error(`a key of type ${key.asymmetricKeyType}, which SSH does not know`);
}

function open(text: string, isLocked: boolean, passphrase: string | undefined): KeyObject {
  // OpenSSL's message depends on its version and on what the wrong passphrase decrypts to, so we use our own.
  if (isLocked && !passphrase) throw new Error("it is encrypted");
  try {
    return createPrivateKey({ key: text, format: "pem", ...(passphrase ? { passphrase } : {}) });
  } catch (cause) {
    throw isLocked ? new Error("can't decrypt it", { cause }) : cause;
  }
}

/**
 * Prints an Ed25519 key in OpenSSH's format.
 * @see https://github.com/openssh/openssh-portable/blob/V_9_9/PROTOCOL.key
 */
function printEd25519(key: KeyObject): string {
  const { d = "", x = "" } = key.export({ format: "jwk" });
  const [secret, point] = [Buffer.from(d, "base64url"), Buffer.from(x, "base64url")];
  const type = field("ssh-ed25519");
  const check = randomBytes(4);
  const own = Buffer.concat([
    check,
    check,
    type,
    field(point),
    field(Buffer.concat([secret, point])),
    field(""),
  ]);
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, (8 - (own.length % 8)) % 8));
  const none = field("none");
  const one = Buffer.from([0, 0, 0, 1]);
  const all = [
    Buffer.from("openssh-key-v1\0"),
    ...[none, none, field(""), one],
    field(Buffer.concat([type, field(point)])),
    field(Buffer.concat([own, padding])),
  ];
  const lines =
    Buffer.concat(all)
      .toString("base64")
      .match(/.{1,70}/g) ?? [];
  return ["-----BEGIN OPENSSH PRIVATE KEY-----", ...lines, "-----END OPENSSH PRIVATE KEY-----", ""].join(
    "\n",
  );
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
