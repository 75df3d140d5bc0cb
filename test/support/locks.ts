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
  // Listened for from the begin: a holder that has ended tells nobody later.
  const ended = once(holder, "close");
  const first = await Promise.race([once(holder.stdout, "data"), ended]);
  if (String(first[0]) !== "held\n")
    throw new Error(`${what} can't be locked by ${user}: exit code ${first[0]}`);
  return {
    end: async () => {
      holder.stdin.end();
      await ended;
    },
  };
}
