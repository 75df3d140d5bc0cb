import { spawn } from "node:child_process";
import { once } from "node:events";

/** The lock for defines on this machine. Only libvirt's administrators can open it. */
export const lockFile = "/run/libvirt/pulumi-virsh.lock";

/** Words that run the following command as a user. `null` means this process's own user. */
export const asUser = (user: string | null): readonly string[] =>
  user === null ? [] : ["runuser", "-u", user, "--"];

/** Holds a lock as a user until `end`. */
export async function hold(user: string | null, what: string): Promise<{ end(): Promise<void> }> {
  const [command = "", ...args] = [...asUser(user), "flock", what, "sh", "-c", "echo held; exec cat"];
  const holder = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  await once(holder.stdout, "data");
  return {
    end: async () => {
      const ended = once(holder, "close");
      holder.stdin.end();
      await ended;
    },
  };
}
