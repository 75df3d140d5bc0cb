import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sshd } from "../../tools/sandbox/sshd.ts";
import { printUri, startSshd, stopSshd } from "../../tools/sandbox/sshd.ts";
import type { SshdOptions } from "../../tools/sandbox/sshdConfig.ts";
import { sandbox } from "./sandbox.ts";

export interface TestHost extends Sshd {
  readonly folder: string;
  /** libvirt URI of this host, for a user that may log in. */
  uri(user?: string): string;
  /** Ends the server; connections that are open live on. */
  stop(): Promise<void>;
  /** Starts it again on the same port with the same keys. */
  restart(): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

/** One more "host": a private sshd in front of the same libvirtd. The test that starts it removes it. */
export async function startHost(options: SshdOptions = {}): Promise<TestHost> {
  await sandbox();
  const folder = mkdtempSync(join(tmpdir(), "pulumi-virsh-host-"));
  const sshd = await startSshd(folder, options);
  return {
    ...sshd,
    folder,
    uri: (user = options.users?.[0] ?? "root") => printUri(sshd, user),
    stop: () => stopSshd(folder),
    restart: async () => {
      await startSshd(folder, { ...options, port: sshd.port });
    },
    remove: async () => {
      await stopSshd(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
