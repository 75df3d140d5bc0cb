import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { waitFor } from "../../tools/sandbox/processes.ts";
import { run } from "../../tools/sandbox/run.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";

export interface PrivateLibvirtd {
  /** For `virsh -c`. */
  readonly uri: string;
  /** Makes the URI of a host name this daemon. */
  on(uri: string): string;
  /** Kills it, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again after `kill`; it has what it had defined. */
  start(): Promise<void>;
  remove(): Promise<void>;
}

/** Folders of libvirt that a second daemon must not share. Images stay where they are. */
const own = [
  "/run/libvirt",
  "/etc/libvirt",
  "/var/lib/libvirt/qemu",
  "/var/cache/libvirt",
  "/var/log/libvirt",
];

/**
 * Starts a libvirtd of this test's own, in its own mount namespace, for tests that end it or that need other rights: the
 * group libvirt may use it, as on a host with polkit. It ends with the process of the tests.
 */
export async function startPrivateLibvirtd(): Promise<PrivateLibvirtd> {
  const folder = temporaryFolder("libvirtd");
  chmodSync(folder, 0o755);
  const socket = join(folder, "libvirt-sock");
  const config = join(folder, "libvirtd.conf");
  const settings = { unix_sock_dir: folder, unix_sock_group: "libvirt", unix_sock_rw_perms: "0770" };
  const lines = Object.entries({ ...settings, auth_unix_rw: "none" }).map(
    ([name, value]) => `${name} = "${value}"`,
  );
  writeFileSync(config, `${lines.join("\n")}\n`);
  for (const at of own) mkdirSync(join(folder, "own", at), { recursive: true });
  const binds = own.map((at) => `mount --bind "$1/own${at}" ${at}`).join(" && ");
  const script = `mount --make-rprivate / && ${binds} && exec libvirtd --config "$2" --pid-file "$1/pid"`;
  const begin = () =>
    spawn(
      "setpriv",
      ["--pdeathsig", "KILL", "unshare", "--mount", "sh", "-c", script, "sh", folder, config],
      { stdio: "ignore" },
    );
  const uri = `qemu:///system?socket=${socket}`;
  let daemon = begin();
  const answers = () =>
    waitFor(
      "the private libvirtd",
      30_000,
      async () => (await run(["virsh", "-c", uri, "uri"])).exitCode === 0,
    );
  const kill = async () => {
    if (daemon.exitCode !== null || daemon.signalCode !== null) return;
    const ended = once(daemon, "exit");
    daemon.kill("SIGKILL");
    await ended;
  };
  await answers();
  return {
    uri,
    on: (host) => `${host}${host.includes("?") ? "&" : "?"}socket=${socket}`,
    kill,
    start: async () => {
      daemon = begin();
      await answers();
    },
    remove: async () => {
      await kill();
      removeFolder(folder);
    },
  };
}
