import { parseXml, XmlError } from "../../model/xml/parse.ts";
import type { XmlElement } from "../../model/xml/tree.ts";
import type { Command, CommandResult, Connection } from "../connection/connection.ts";
import { answerError } from "../virsh/errors.ts";
import { virsh } from "../virsh/virsh.ts";
import { askTogether } from "./together.ts";

export function askCapabilities(connection: Connection): Command {
  // libvirt may have to start each of the host's emulators first.
  return { ...virsh(connection, ["capabilities"]), timeoutSeconds: 60 };
}

/** Parses the output of a command that succeeded. @throws HostError when the output is not capabilities. */
export function parseCapabilities(connection: Connection, result: CommandResult): XmlElement {
  const fail = (gap: string) => answerError("can't read the capabilities", connection.host, result, gap);
  const text = result.stdout.trim();
  try {
    const root = parseXml(text);
    if (root.name === "capabilities") return root;
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw fail(text === "" ? "nothing that was asked" : `XML that ${error.message}`);
  }
  throw fail("other XML than capabilities");
}

const known = new Map<string, Promise<XmlElement | null>>();

/**
 * The capabilities of a host, read once per process; null when virsh fails to print them.
 * @throws HostError when the host can't be reached, or prints something else.
 */
export function capabilitiesOf(connection: Connection): Promise<XmlElement | null> {
  const found = known.get(connection.host);
  if (found !== undefined) return found;
  const asked = askTogether(connection, [askCapabilities(connection)]).then(([answer]) =>
    answer?.exitCode === 0 ? parseCapabilities(connection, answer) : null,
  );
  known.set(connection.host, asked);
  asked.catch(() => known.delete(connection.host));
  return asked;
}
