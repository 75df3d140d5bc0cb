/** The file in which a UEFI guest keeps its variables. libvirt refuses to undefine a domain that has one. */
import { valueAt } from "../../model/xml/read.ts";
import type { DomainFacts } from "../../plan/situation/facts.ts";
import { treesOf } from "../../plan/situation/situation.ts";
import type { Connection } from "../connection/connection.ts";

/**
 * Tests whether the file exists. When libvirt chooses the firmware (`firmware='efi'`), the definition does not name the
 * file (9.0.0): libvirt makes it at the first start, in the driver's own folder under the domain's name.
 */
const askFile = `
uri=$1 name=$2; shift 2
case $uri in
  *///session*) folder=\${XDG_CONFIG_HOME:-$HOME/.config}/libvirt/qemu/nvram ;;
  *) folder=/var/lib/libvirt/qemu/nvram ;;
esac
for file in "$@" "$folder/\${name}_VARS.fd" "$folder/\${name}_VARS.qcow2"; do [ ! -e "$file" ] || exit 0; done
exit 1
`;

/** Whether the domain has firmware that keeps variables. */
export function mayHaveVariables(domain: DomainFacts): boolean {
  const { inactive, live } = treesOf(domain);
  return [inactive, ...(live ? [live] : [])].some(
    (tree) => valueAt(tree, "os/@firmware") === "efi" || valueAt(tree, "os/nvram") !== undefined,
  );
}

/** Whether the domain has variables that undefining would delete. */
export async function hasVariables(connection: Connection, domain: DomainFacts): Promise<boolean> {
  if (!mayHaveVariables(domain)) return false;
  const { inactive, live } = treesOf(domain);
  // A running guest has the file open, even when this login may not see it.
  if (live && valueAt(live, "os/nvram") !== undefined) return true;
  const named = valueAt(inactive, "os/nvram");
  const words = [connection.virshUri, domain.name, ...(named ? [named] : [])];
  const [found] = await connection.run([{ argv: ["sh", "-c", askFile, "sh", ...words] }], {
    isRead: true,
    keepGoing: true,
  });
  return found?.exitCode === 0;
}
