import { existsSync, readFileSync } from "node:fs";
import { HostError } from "../../errors.ts";
import { quote } from "../connection/quote.ts";
import { fingerprintOf, judgeKey, knownKeyTypes, printKnownName } from "./knownHosts.ts";
import type { SshSettings } from "./settings.ts";
import { printSshCommand } from "./settings.ts";

const all = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** Orders the host key types: those in known_hosts first, else the server may offer a key of another type. */
export function hostKeyOrder(host: string, settings: SshSettings): string[] {
  const types = readFiles(host, settings)
    .flatMap(({ text }) => knownKeyTypes(text, settings.knownName))
    .flatMap((type) => (type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type]));
  return [...new Set([...types, ...all])].filter((type) => all.includes(type));
}

/** Returns `null` if known_hosts has the key, else an error with the command that would accept it. */
export function refuseHostKey(host: string, settings: SshSettings, key: Buffer): HostError | null {
  const { hostName, port, knownName } = settings;
  const verdicts = readFiles(host, settings).map(({ file, text }) => ({
    file,
    verdict: judgeKey(text, knownName, key),
  }));
  const print = fingerprintOf(key);
  const of = (kind: string) => verdicts.find(({ verdict }) => verdict.kind === kind);
  const place = (found: (typeof verdicts)[number]) =>
    "line" in found.verdict ? `line ${found.verdict.line} of ${found.file}` : found.file;
  const argv = printSshCommand(settings);
  const revoked = of("revoked");
  if (revoked) {
    return new HostError(`the host key ${print} is revoked in ${place(revoked)}: not connected`, host, {
      code: "hostKeyRevoked",
      argv,
      remedy: "nothing was sent to it; the server must get a new host key",
    });
  }
  if (of("known")) return null;
  const file = settings.knownHostsFiles[0] ?? "";
  const scan = scanCommand(settings, file);
  const changed = of("changed");
  if (changed) {
    const forget = `ssh-keygen -R ${quote(knownName)} -f ${quote(changed.file)}`;
    return new HostError(`the host key is ${print}, not the one in ${place(changed)}: not connected`, host, {
      code: "hostKeyChanged",
      argv,
      remedy: `somebody may be in between; if the key was changed on purpose: ${forget} && ${scan}`,
    });
  }
  const authority = of("authority");
  const note = authority
    ? ` (${place(authority)} trusts a certificate authority, which can't be used here)`
    : "";
  return new HostError(`the host key ${print} is not in any known_hosts file${note}: not connected`, host, {
    code: "hostKeyUnknown",
    argv,
    remedy: `compare the fingerprint (${hostName} port ${port}, in ${settings.knownHostsFiles.join(", ")}); if it is the right one: ${scan}`,
  });
}

/**
 * The command that adds the host's key to known_hosts. Behind jump hosts, ssh itself has to connect and write the
 * key.
 */
function scanCommand(settings: SshSettings, file: string): string {
  const { hostName, port, knownName } = settings;
  if (settings.jumps.length > 0 || settings.proxyCommand !== null) {
    const command = [...printSshCommand(settings), "-o", `UserKnownHostsFile=${file}`, "true"];
    return command.map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : quote(word))).join(" ");
  }
  const scan = `ssh-keyscan -p ${port} ${quote(hostName)}`;
  const renamed =
    knownName === printKnownName(hostName, port) ? "" : ` | sed ${quote(`s/^[^ #]*/${knownName}/`)}`;
  return `${scan}${renamed} >> ${quote(file)}`;
}

/**
 * Reads the known_hosts files.
 * @throws HostError for a file that exists and can't be read: keys that it revokes would be accepted otherwise
 */
function readFiles(host: string, settings: SshSettings): { file: string; text: string }[] {
  return settings.knownHostsFiles
    .filter((file) => existsSync(file))
    .map((file) => {
      try {
        return { file, text: readFileSync(file, "utf8") };
      } catch (cause) {
        throw new HostError(`can't read the known hosts in ${file}`, host, {
          code: "sshConfigUnusable",
          stderr: (cause as Error).message,
          cause,
          remedy: "nothing was done; make it a file that this user can read",
        });
      }
    });
}
