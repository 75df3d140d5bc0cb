import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { sharedFolder, shortHash } from "./folders.ts";
import { Problem } from "./problem.ts";
import { describeProcess, endProcess, isAlive, type StartedProcess, waitFor } from "./processes.ts";
import { mustRun, run } from "./run.ts";
import { homeOf, printSshdConfig, type SshdOptions } from "./sshdConfig.ts";

/** A private OpenSSH server. To its clients it is a host of its own. */
export interface Sshd {
  readonly port: number;
  readonly keyfile: string;
  readonly knownHosts: string;
  readonly hostKey: string;
  readonly config: string;
  readonly log: string;
  readonly process: StartedProcess;
}

/**
 * Starts an sshd on 127.0.0.1 with its own keys, all in `folder`. If one already runs there, returns that
 * one. Existing keys are kept, so that a restarted server is the same host.
 */
export async function startSshd(folder: string, options: SshdOptions = {}): Promise<Sshd> {
  const running = readSshd(folder);
  if (running && isAlive(running.process)) return running;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  mkdirSync(homeOf(folder), { recursive: true, mode: 0o700 });
  mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
  const path = (name: string): string => join(folder, name);
  for (const key of ["host_key", "user_key"]) await makeKey(path(key));
  const port = options.port ?? running?.port ?? (await freePort());
  const hostPublic = readFileSync(path("host_key.pub"), "utf8").trim().split(" ").slice(0, 2).join(" ");
  const names = ["127.0.0.1", "localhost", ...(options.listen ?? [])];
  writeFileSync(path("known_hosts"), names.map((name) => `[${name}]:${port} ${hostPublic}\n`).join(""));
  // sshd reads this file as the user who logs in, who can't enter root's home.
  mkdirSync(sharedFolder, { recursive: true });
  const authorizedKeys = authorizedKeysOf(folder);
  writeFileSync(authorizedKeys, readFileSync(path("user_key.pub")));
  writeFileSync(path("sshd_config"), printSshdConfig({ folder, port, authorizedKeys, ...options }));
  rmSync(path("sshd.pid"), { force: true });
  const started = await run(["/usr/sbin/sshd", "-f", path("sshd_config"), "-E", path("sshd.log")]);
  if (started.exitCode !== 0) {
    const said = started.stderr || readFileSync(path("sshd.log"), "utf8");
    throw new Problem(
      `sshd does not start: ${said.trim()}`,
      `run: /usr/sbin/sshd -t -f ${path("sshd_config")}`,
    );
  }
  // The file exists a moment before its text does.
  await waitFor(
    "sshd's pid file",
    30_000,
    async () => existsSync(path("sshd.pid")) && readFileSync(path("sshd.pid"), "utf8").trim() !== "",
  );
  const sshd: Sshd = {
    port,
    keyfile: path("user_key"),
    knownHosts: path("known_hosts"),
    hostKey: path("host_key"),
    config: path("sshd_config"),
    log: path("sshd.log"),
    process: describeProcess(Number(readFileSync(path("sshd.pid"), "utf8")), "sshd"),
  };
  writeFileSync(path("sshd.json"), JSON.stringify(sshd, null, 2));
  return sshd;
}

/** Ends the server in `folder`. Open connections stay open; keys and log are kept. */
export async function stopSshd(folder: string): Promise<void> {
  const sshd = readSshd(folder);
  if (sshd) await endProcess(sshd.process);
  rmSync(authorizedKeysOf(folder), { force: true });
}

function authorizedKeysOf(folder: string): string {
  return join(sharedFolder, `authorized_keys-${shortHash(folder)}`);
}

export function readSshd(folder: string): Sshd | null {
  const file = join(folder, "sshd.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Sshd) : null;
}

export function printUri(sshd: Sshd, user = "root"): string {
  const query = new URLSearchParams({ keyfile: sshd.keyfile, known_hosts: sshd.knownHosts });
  return `qemu+ssh://${user}@127.0.0.1:${sshd.port}/system?${decodeURIComponent(query.toString())}`;
}

async function makeKey(file: string): Promise<void> {
  if (existsSync(file)) return;
  await mustRun(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "pulumi-virsh sandbox", "-f", file]);
  chmodSync(file, 0o600);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
