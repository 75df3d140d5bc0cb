import { HostError } from "../../errors.ts";

/** Seconds after which a host counts as not answering; each may be set by an environment variable. */
const limits = {
  /** One connection with all its jump hosts, retries and the login; else ConnectTimeout of `~/.ssh/config`. */
  connect: { variable: "PULUMI_VIRSH_CONNECT_SECONDS", seconds: 20 },
  /** libvirtd's answer to the first, small question. */
  answer: { variable: "PULUMI_VIRSH_ANSWER_SECONDS", seconds: 30 },
} as const;

/** Null where the variable is not set. @throws HostError for anything but seconds from 1 to 3600. */
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
