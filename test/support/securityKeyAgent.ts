import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type Server } from "node:net";

/** An SSH agent with one sk-ssh-ed25519 key. Signs as the hardware does. @see OpenSSH's PROTOCOL.u2f */
export interface SecurityKeyAgent {
  /** The key in the format of authorized_keys. */
  readonly publicKey: string;
  close(): Promise<void>;
}

const type = "sk-ssh-ed25519@openssh.com";
const application = "ssh:";

export function startSecurityKeyAgent(socket: string): Promise<SecurityKeyAgent> {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const point = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const blob = Buffer.concat([field(type), field(point), field(application)]);
  const server: Server = createServer((connection) => {
    let bytes = Buffer.alloc(0);
    connection.on("error", () => {});
    connection.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) {
        const length = bytes.readUInt32BE(0);
        connection.write(field(answer(bytes.subarray(4, 4 + length), blob, privateKey)));
        bytes = bytes.subarray(4 + length);
      }
    });
  });
  return new Promise((resolve) => {
    server.listen(socket, () =>
      resolve({
        publicKey: `${type} ${blob.toString("base64")}`,
        close: () => new Promise((done) => server.close(() => done())),
      }),
    );
  });
}

/** Answers messages 11 (list keys) and 13 (sign). Replies 5 (failure) to all others. */
function answer(question: Buffer, blob: Buffer, privateKey: KeyObject): Buffer {
  if (question[0] === 11)
    return Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), field(blob), field("a security key")]);
  if (question[0] !== 13) return Buffer.from([5]);
  const start = 5 + question.readUInt32BE(1);
  const text = question.subarray(start + 4, start + 4 + question.readUInt32BE(start));
  // The flag says that the user touched the key; the counter says that this is its first signature.
  const flagsAndCounter = Buffer.from([1, 0, 0, 0, 1]);
  const hash = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest();
  const signed = sign(null, Buffer.concat([hash(application), flagsAndCounter, hash(text)]), privateKey);
  return Buffer.concat([
    Buffer.from([14]),
    field(Buffer.concat([field(type), field(signed), flagsAndCounter])),
  ]);
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
