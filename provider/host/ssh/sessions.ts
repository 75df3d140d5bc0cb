import { setTimeout as pause } from "node:timers/promises";
import type { Open, SessionChannel } from "./channel.ts";
import { openChannel } from "./channel.ts";

/**
 * Milliseconds to wait after each refusal before the server is asked once more: it counts a session for a moment after its
 * channel has closed, so that the session of an earlier command can take the place of one that it would open.
 */
const pausesMs = [50, 100, 200, 400];
/** Further ones where not even one session was opened, although the server has let us in. */
const morePausesMs = [800, 1600];

/**
 * Counts the sessions that the server opens at once: opens them until the server keeps refusing one or `most` are open,
 * then closes them all.
 */
export async function countSessions(opened: Open, host: string, most: number): Promise<number> {
  const channels: SessionChannel[] = [];
  try {
    while (channels.length < most) {
      const channel = await openPatiently(opened, host, channels.length === 0);
      if (channel === "refused") break;
      channels.push(channel);
    }
    return channels.length;
  } finally {
    await Promise.all(channels.map(closeSession));
  }
}

async function openPatiently(
  opened: Open,
  host: string,
  isFirst: boolean,
): Promise<SessionChannel | "refused"> {
  for (const waitMs of [...pausesMs, ...(isFirst ? morePausesMs : [])]) {
    const channel = await openChannel(opened, host, "cat");
    if (channel !== "refused") return channel;
    await pause(waitMs);
  }
  return openChannel(opened, host, "cat");
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
