import { HostError } from "../../errors.ts";
import type { HostUri } from "../connection/uri.ts";
import { connectSeconds } from "../process/limits.ts";
import type { Open, SessionChannel } from "./channel.ts";
import { openChannel } from "./channel.ts";
import { printSshCommand, readSshSettings } from "./settings.ts";

export interface Session extends Open {
  readonly channel: SessionChannel | "refused";
}

/** The SSH connection to one host. It is made on first use, and again after it broke. */
export class Link {
  readonly #uri: HostUri;
  #current: Promise<Open> | null = null;

  constructor(uri: HostUri) {
    this.#uri = uri;
  }

  open(): Promise<Open> {
    if (this.#current !== null) return this.#current;
    const opening: Promise<Open> = connect(this.#uri).then((opened) => {
      opened.client.on("close", () => this.#forget(opening));
      return opened;
    });
    opening.catch(() => this.#forget(opening));
    this.#current = opening;
    return opening;
  }

  /** Opens a session. If the connection broke while idle it is made again, once: nothing was sent yet. */
  async openSession(command: string): Promise<Session> {
    const host = this.#uri.canonical;
    const isReused = this.#current !== null;
    const opening = this.open();
    const opened = await opening;
    try {
      return { ...opened, channel: await openChannel(opened, host, command) };
    } catch (error) {
      opened.client.destroy();
      this.#forget(opening);
      if (!isReused) throw error;
      const again = await this.open();
      return { ...again, channel: await openChannel(again, host, command) };
    }
  }

  /** Closes the connection. Does not wait for one that is still being made: an interrupt has little time. */
  close(): void {
    this.#current?.then(
      ({ client }) => client.end(),
      () => {},
    );
    this.#current = null;
  }

  #forget(opening: Promise<Open>): void {
    if (this.#current === opening) this.#current = null;
  }
}

async function connect(uri: HostUri): Promise<Open> {
  const command = sshCommand(uri);
  if (command !== null) {
    const { connectSystem, printByHand } = await import("../systemSsh/client.ts");
    const limitMs = connectSeconds(uri.canonical, 0) * 1000;
    return { client: await connectSystem(uri, command, limitMs), limitMs, byHand: printByHand(uri, command) };
  }
  const settings = await readSshSettings(uri);
  // Loading ssh2 takes as long as comparing dozens of guests, and is not needed if the program has read the hosts.
  const { connectClient } = await import("./client.ts");
  const client = await connectClient(uri.canonical, settings);
  return { client, limitMs: settings.connectMs, byHand: printSshCommand(settings) };
}

/** The local ssh program that connects; `null` when ssh2 does. @throws HostError */
function sshCommand(uri: HostUri): string | null {
  const chosen = process.env.PULUMI_VIRSH_SSH || "ssh2";
  if (uri.command !== null) return uri.command;
  if (chosen === "ssh2") return null;
  if (chosen === "command") return "ssh";
  throw new HostError(`PULUMI_VIRSH_SSH is "${chosen}"`, uri.canonical, {
    code: "settingUnusable",
    remedy: 'nothing was done; set it to "ssh2" or "command", or leave it out',
  });
}
