import { HostError } from "../../errors.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import type { Unread } from "../read/answer.ts";
import type { HostSnapshot } from "../read/read.ts";

/** Prints a host's snapshot, or the error that prevented it, as text for another process. */
export function printAhead(read: HostSnapshot | HostError): string {
  if (!(read instanceof HostError))
    return JSON.stringify({ ...read, domains: [...read.domains.values()], busy: [...read.busy.values()] });
  const { what, host, code, argv, stderr, remedy } = read;
  return JSON.stringify({ failure: { what, host, code, argv, stderr, remedy } });
}

interface Printed {
  readonly failure: Pick<HostError, "what" | "host" | "code" | "argv" | "stderr" | "remedy">;
  readonly identity: HostSnapshot["identity"];
  readonly host: HostSnapshot["host"];
  readonly domains: readonly DomainFacts[];
  readonly busy: readonly Unread[];
  readonly storage: HostSnapshot["storage"];
}

/** Parses that text; `null` when it is cut off or is something else. */
export function parseAhead(text: string): HostSnapshot | HostError | null {
  let printed: Partial<Printed> | null;
  try {
    printed = JSON.parse(text) as Partial<Printed> | null;
  } catch {
    return null;
  }
  if (printed?.failure) return new HostError(printed.failure.what, printed.failure.host, printed.failure);
  if (!printed?.host || !Array.isArray(printed.domains) || !Array.isArray(printed.busy)) return null;
  const { identity = null, host, busy, storage = null } = printed;
  const domains = new Map(printed.domains.map((domain) => [domain.name, domain]));
  return { identity, host, domains, busy: new Map(busy.map((domain) => [domain.name, domain])), storage };
}
