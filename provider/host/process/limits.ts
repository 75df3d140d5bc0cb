import { HostError } from "../../errors.ts";

/** Seconds after which a host counts as not answering. An environment variable overrides each. */
const limits = {
  /**
   * Limit for one connection, including jump hosts, retries and the login. ConnectTimeout of `~/.ssh/config` comes
   * second.
   */
  connect: { variable: "PULUMI_VIRSH_CONNECT_SECONDS", seconds: 20 },
  /** Limit for libvirtd's answer to the first, small query. */
  answer: { variable: "PULUMI_VIRSH_ANSWER_SECONDS", seconds: 30 },
  /** Limit for one command that has no limit of its own. The host ends the command then. */
  command: { variable: "PULUMI_VIRSH_COMMAND_SECONDS", seconds: 60 },
} as const;

/** Reads a variable; `null` when it is not set. @throws HostError for anything but seconds from 1 to 3600 */
function readVariable(variable: string, host: string): number | null {
  const text = process.env[variable];
  if (text === undefined || text === "") return null;
  const seconds = Number(text);
  if (seconds >= 1 && seconds <= 3600) return seconds;
  throw new HostError(`${variable} is "${text}"`, host, {
    code: "settingUnusable",
    remedy: "nothing was done; set it to seconds from 1 to 3600, or leave it out",
  });
}

/** @throws HostError */
export function connectSeconds(host: string, configured: number): number {
  const fallback = configured > 0 ? configured : limits.connect.seconds;
  return readVariable(limits.connect.variable, host) ?? fallback;
}

/** @throws HostError */
export function answerSeconds(host: string): number {
  return readVariable(limits.answer.variable, host) ?? limits.answer.seconds;
}

/** @throws HostError */
export function commandSeconds(host: string): number {
  return readVariable(limits.command.variable, host) ?? limits.command.seconds;
}
