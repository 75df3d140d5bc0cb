import { connect } from "node:net";
import { utils } from "ssh2";

/** What to do about a key that ssh can use and ssh2 can't. */
export const useSsh = "set PULUMI_VIRSH_SSH=command";

/** The request for the agent's keys, and the message number of its answer. @see RFC draft-miller-ssh-agent */
const question = Buffer.from([0, 0, 0, 1, 11]);
const answered = 12;
/** Milliseconds that the agent may take to answer. It is short because the login has already failed. */
const patienceMs = 1000;

/** Lists the types of agent keys that ssh2 does not support: certificates, security keys. */
export function skippedKeys(socketPath: string): Promise<string[]> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    let bytes: Buffer = Buffer.alloc(0);
    const finish = () => {
      socket.destroy();
      resolve(
        readKeys(bytes)
          .filter((blob) => utils.parseKey(blob) instanceof Error)
          .map(typeOf),
      );
    };
    socket.setTimeout(patienceMs, finish);
    socket.on("error", finish);
    socket.on("end", finish);
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length >= 4 && bytes.length >= 4 + bytes.readUInt32BE(0)) finish();
    });
    socket.write(question);
  });
}

/** Parses the agent's answer. Returns no keys when the answer is cut off or of another kind. */
function readKeys(bytes: Buffer): Buffer[] {
  if (bytes.length < 9 || bytes[4] !== answered) return [];
  const fields: Buffer[] = [];
  for (let at = 9; at + 4 <= bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    fields.push(bytes.subarray(at + 4, end));
    at = end;
  }
  // Fields alternate: a key, its comment, the next key …
  return fields.filter((_, index) => index % 2 === 0);
}

function typeOf(blob: Buffer): string {
  const type = blob.length < 4 ? "" : blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("latin1");
  return /^[\w@.-]+$/.test(type) ? type : "a key";
}
