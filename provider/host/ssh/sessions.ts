import type { Open, SessionChannel } from "./channel.ts";
import { openChannel } from "./channel.ts";

/** Opens sessions side by side until the server refuses one, or `most` are open; then closes them all. Returns how many were. */
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

/** Seconds for the server to confirm the end of a session; the socket alone does not keep the process alive. */
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
