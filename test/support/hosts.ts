import { findChildren, readCommand, signalTo } from "../../tools/sandbox/processes.ts";
import type { Sshd } from "../../tools/sandbox/sshd.ts";
import { printUri, startSshd, stopSshd } from "../../tools/sandbox/sshd.ts";
import type { SshdOptions } from "../../tools/sandbox/sshdConfig.ts";
import { findOrphans, removeFolder, temporaryFolder } from "./folders.ts";
import { sandbox } from "./sandbox.ts";

export interface TestHost extends Sshd {
  readonly folder: string;
  /** libvirt URI of this host for a user who may log in. */
  uri(user?: string): string;
  /** Ends the server; open connections stay open. */
  stop(): Promise<void>;
  /** Starts the server again with the same port and keys. */
  restart(): Promise<void>;
  /** The processes that hold open connections. */
  sessionProcesses(): readonly number[];
  /** Cuts all open connections, as a failing network or server does. Returns their number. */
  drop(): Promise<number>;
  /** Ends the server and removes its folder. */
  remove(): Promise<void>;
}

/** Removes the folders of killed test runs and ends the servers in them. */
export async function sweepFolders(): Promise<void> {
  for (const folder of findOrphans()) {
    await stopSshd(folder);
    removeFolder(folder);
  }
}

/**
 * Starts another host: a private sshd in front of the same libvirtd. The test that starts it must remove it.
 */
export async function startHost(options: SshdOptions = {}): Promise<TestHost> {
  await sandbox();
  const folder = temporaryFolder("host");
  const sshd = await startSshd(folder, options);
  return {
    ...sshd,
    folder,
    uri: (user = options.users?.[0] ?? "root") => printUri(sshd, user),
    stop: () => stopSshd(folder),
    restart: async () => {
      await startSshd(folder, { ...options, port: sshd.port });
    },
    sessionProcesses: () => sessionsBelow(sshd.process.pid),
    drop: async () => {
      const count = findChildren(sshd.process.pid).length;
      // One may end with the other process of its connection.
      for (const pid of sessionsBelow(sshd.process.pid)) signalTo(pid, "SIGKILL");
      return count;
    },
    remove: async () => {
      await stopSshd(folder);
      removeFolder(folder);
    },
  };
}

/** From OpenSSH 9.8 on a connection is `sshd-session`, which has another one that serves the user. */
function sessionsBelow(pid: number): readonly number[] {
  const sessions = findChildren(pid).filter((child) => readCommand(child).startsWith("sshd"));
  return sessions.flatMap((child) => [child, ...sessionsBelow(child)]);
}
