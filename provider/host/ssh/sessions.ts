import type { Open, SessionChannel } from "./channel.ts";
import { openChannel } from "./channel.ts";

/**
 * Counts the sessions that the server opens at once: opens them until the server refuses one or `most` are open, then
 * closes them all.
 */
export async function countSessions(opened: Open, host: string, most: number): Promise<number> {
  const channels: SessionChannel[] = [];
  try {
    while (channels.length < most) {
      const channel = await openChannel(opened, host, "cat");
      if (channel === "refused") break;
      channels.push(channel);
    }
    return channels.length;
  } finally {
    await Promise.all(channels.map(closeSession));
  }
}

/** Seconds for the server to confirm that a session is closed. The socket alone does not keep the process alive. */
const closeSeconds = 5;

function closeSession(channel: SessionChannel): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(finish, closeSeconds * 1000);
    channel.on("error", () => {});
    channel.once("close", finish);
    channel.resume();
    channel.stderr.resume();
    channel.end();
  });
}
