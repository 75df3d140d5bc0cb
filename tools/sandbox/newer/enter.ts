import { delimiter } from "node:path";
import { repository } from "../folders.ts";
import type { StartedProcess } from "../processes.ts";
import { joining } from "./cgroups.ts";

/** A host in namespaces of its own, which runs. */
export interface NewerHost {
  /** Its first process: it ends with it. */
  readonly process: StartedProcess;
  /** The clone that is mounted there. */
  readonly repository: string;
  /** Folders of the control groups that its processes join. */
  readonly groups: readonly string[];
  /** State folder of the sandbox in it, which the machine sees under the same path. */
  readonly sandbox: string;
  /** Folders of the engine. */
  readonly path: readonly string[];
  /** Address that the machine reaches it by. */
  readonly address: string;
}

/**
 * What runs a command in the host, from the repository's folder: words before those of the command. With the network of
 * the machine it reaches what the machine does; the host itself reaches the machine only.
 */
export function enter(host: NewerHost, network: "host" | "machine" = "host"): readonly string[] {
  const namespaces = [
    "--mount",
    "--pid",
    "--uts",
    "--ipc",
    "--cgroup",
    ...(network === "host" ? ["--net"] : []),
  ];
  const path = [...host.path, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"];
  return [
    ...joining(host.groups),
    ...["nsenter", `--target=${host.process.pid}`, ...namespaces, "--"],
    // What names files of the machine that are not there.
    ...["env", "-C", repository, "-u", "SSH_AUTH_SOCK", "-u", "TMPDIR", "-u", "XDG_RUNTIME_DIR"],
    ...[`PATH=${path.join(delimiter)}`, `PULUMI_VIRSH_SANDBOX=${host.sandbox}`],
  ];
}
