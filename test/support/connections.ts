import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assert } from "chai";
import type { HostErrorCode } from "../../provider/errors.ts";
import { HostError } from "../../provider/errors.ts";
import type { Connection } from "../../provider/host/connection/connection.ts";
import { parseHostUri } from "../../provider/host/connection/uri.ts";
import { sshConnection } from "../../provider/host/ssh/connection.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";

/**
 * A home of its own, so that the user's `~/.ssh` and agent have no effect, and the connections that a test
 * makes.
 */
export interface Client {
  readonly folder: string;
  /** Writes a file in the home. Returns its path. */
  write(name: string, text: string): string;
  /** Writes `~/.ssh/config`. */
  configure(text: string): void;
  /** Makes a key pair. Returns its path. */
  makeKey(name: string, ...args: string[]): string;
  connect(uri: string): Connection;
  /** Closes the connections and removes the configuration. */
  reset(): Promise<void>;
  remove(): Promise<void>;
}

const variables = ["HOME", "SSH_AUTH_SOCK", "PULUMI_VIRSH_KEY_PASSPHRASE"];

export function makeClient(): Client {
  const folder = temporaryFolder("ssh");
  mkdirSync(join(folder, ".ssh"), { mode: 0o700 });
  const before = variables.map((name) => [name, process.env[name]] as const);
  for (const name of variables) delete process.env[name];
  process.env.HOME = folder;
  const open: Connection[] = [];
  const reset = async () => {
    rmSync(join(folder, ".ssh", "config"), { force: true });
    await Promise.all(open.splice(0).map((each) => each.close()));
  };
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  return {
    folder,
    write,
    configure: (text) => void write(".ssh/config", text),
    makeKey: (name, ...args) => {
      rmSync(join(folder, name), { force: true });
      execFileSync("ssh-keygen", ["-q", "-N", "", "-f", join(folder, name), ...args]);
      return join(folder, name);
    },
    connect: (text) => {
      const uri = parseHostUri(text);
      if ("failure" in uri) throw new Error(uri.failure);
      const made = sshConnection(uri);
      open.push(made);
      return made;
    },
    reset,
    remove: async () => {
      await reset();
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      removeFolder(folder);
    },
  };
}

/** Returns type and key of a public key file, without its comment. */
export function publicKey(file: string): string {
  return readFileSync(file, "utf8").trim().split(" ").slice(0, 2).join(" ");
}

/** Returns the failure of `act`, which must be a HostError with this code and text. */
export async function fails(
  act: Promise<unknown>,
  code: HostErrorCode,
  message: RegExp = /./,
): Promise<HostError> {
  const error = await act.then(
    () => assert.fail(`it succeeded, instead of failing with ${code}`),
    (reason: unknown) => reason,
  );
  assert.instanceOf(error, HostError);
  const failure = error as HostError;
  assert.equal(failure.code, code, failure.message);
  assert.match(failure.message, message);
  return failure;
}

export const runTrue = (connection: Connection) => connection.run([{ argv: ["true"] }]);
