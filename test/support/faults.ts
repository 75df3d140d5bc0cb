import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sharedFolder } from "../../tools/sandbox/folders.ts";
import { findProgram, run } from "../../tools/sandbox/run.ts";
import type { SshdOptions } from "../../tools/sandbox/sshdConfig.ts";
import { removeFolder, temporaryFolder } from "./folders.ts";
import type { TestHost } from "./hosts.ts";
import { startHost } from "./hosts.ts";

/**
 * What goes wrong at one call of virsh:
 * - The connection is cut before, during or after the command.
 * - The command fails, or reports success without doing anything.
 * - The command exits with 0 after printing half of its answer, or noise instead of it.
 * - The command prints without end, prints XML that does not parse, or runs longer than its limit.
 * - Another client acts just before or after it.
 * - libvirtd is killed or stopped just before it.
 */
export type Fault =
  | "cutBefore"
  | "cutDuring"
  | "cutAfter"
  | "fail"
  | "lie"
  | "half"
  | "noise"
  | "tangle"
  | "flood"
  | "slow"
  | "otherFirst"
  | "otherAfter"
  | "killDaemon"
  | "stopDaemon";

interface Arming {
  /** Shell command that the other client runs. */
  readonly other?: string;
  /** Default: only at the first matching call. */
  readonly always?: true;
}

/** A host on which a chosen call of virsh goes wrong. All other calls reach the real virsh. */
export interface FaultyHost extends TestHost {
  /** Arms the fault for a call: one whose words match, or the Nth one from now on. */
  arm(fault: Fault, at: string | number, arming?: Arming): void;
  disarm(): void;
  /** Whether the armed fault has occurred. */
  struck(): boolean;
  /** Calls of virsh that still run on the host. */
  running(): Promise<string>;
  /** Temporary files that logins left behind. */
  leftovers(): readonly string[];
  /** All calls of virsh since `disarm`, one per line. */
  calls(): readonly string[];
  /** From now on, notes the command lines of all processes of the machine at each call of virsh. */
  spy(): void;
  /** The command lines noted since `disarm`. */
  processes(): string;
}

/** Precedes the real virsh on the login's PATH. Keeps its state in files, since every call is a process. */
const shim = (folder: string, real: string) => `#!/bin/sh
dir='${folder}' real='${real}'
printf '%s\\n' "$*" | tr '\\n' ' ' >>"$dir/calls"; echo >>"$dir/calls"
sever() {
  pid=$$
  while [ "$pid" -gt 1 ]; do
    read -r comm <"/proc/$pid/comm" || exit 1
    case $comm in sshd*) kill -9 "$pid"; sleep 0.2; return ;; esac
    pid=$(sed 's/.*) //' "/proc/$pid/stat" | cut -d' ' -f2)
  done
}
if [ -e "$dir/spy" ]; then sed -s 's/\\x00/ /g; s/$/\\n/' /proc/[0-9]*/cmdline >>"$dir/processes" 2>/dev/null; fi
matches() {
  if [ -e "$dir/number" ]; then [ "$(wc -l <"$dir/calls")" -eq "$(cat "$dir/number")" ]; return; fi
  printf '%s' "$*" | grep -qE -- "$(cat "$dir/pattern")"
}
if [ -e "$dir/fault" ] && { [ ! -e "$dir/struck" ] || [ -e "$dir/always" ]; } && matches "$@"; then
  touch "$dir/struck"
  case $(cat "$dir/fault") in
    cutBefore) sever; exit 1 ;;
    cutAfter) "$real" "$@"; status=$?; sever; exit "$status" ;;
    cutDuring) exec 3<&0; "$real" "$@" <&3 & sever; wait $!; exit 1 ;;
    lie) exit 0 ;;
    half) "$real" "$@" >"$dir/whole"; head -c $(($(wc -c <"$dir/whole") / 2)) "$dir/whole"; exit 0 ;;
    tangle) "$real" "$@" | sed 's|</devices>|</device>|'; exit 0 ;;
    flood) exec yes "$(head -c 50000 /dev/zero | tr '\\0' x)" ;;
    noise) head -c 3000 /dev/urandom; exit 0 ;;
    slow) sleep 90 ;;
    otherAfter) "$real" "$@"; status=$?; sh -c "$(cat "$dir/other")" </dev/null >/dev/null; exit "$status" ;;
    stopDaemon) pkill -STOP -u "$(id -u)" -x libvirtd ;;
    fail) echo 'error: this went wrong' >&2; exit 1 ;;
    otherFirst) sh -c "$(cat "$dir/other")" </dev/null >/dev/null ;;
    killDaemon) pkill -9 -u "$(id -u)" -x libvirtd; sleep 0.3 ;;
  esac
fi
exec "$real" "$@"
`;

export async function startFaultyHost(options: SshdOptions = {}): Promise<FaultyHost> {
  const real = (await findProgram("virsh")) ?? "/usr/bin/virsh";
  // Not in /tmp, because every test user runs the programs in it.
  const place = temporaryFolder("faults", sharedFolder);
  for (const name of ["bin", "tmp"]) mkdirSync(join(place, name), { recursive: true, mode: 0o777 });
  chmodSync(place, 0o777);
  writeFileSync(join(place, "bin/virsh"), shim(place, real));
  chmodSync(join(place, "bin/virsh"), 0o755);
  const path = `SetEnv TMPDIR=${place}/tmp PATH=${place}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;
  const host = await startHost({ ...options, lines: [path, ...(options.lines ?? [])] });
  const clear = () => {
    for (const name of ["pattern", "number", "fault", "other", "always", "struck", "calls", "processes"])
      rmSync(join(place, name), { force: true });
    writeFileSync(join(place, "calls"), "");
    chmodSync(join(place, "calls"), 0o666);
  };
  const put = (name: string, text: string) => writeFileSync(join(place, name), text);
  clear();
  return {
    ...host,
    arm: (fault, at, { other = "", always } = {}) => {
      clear();
      put("other", other);
      if (always) put("always", "");
      put(typeof at === "number" ? "number" : "pattern", String(at));
      put("fault", fault);
    },
    disarm: clear,
    struck: () => existsSync(join(place, "struck")),
    running: async () => (await run(["pgrep", "-af", `${place}/bin/virsh`])).stdout,
    leftovers: () => readdirSync(join(place, "tmp")),
    calls: () =>
      readFileSync(join(place, "calls"), "utf8")
        .split("\n")
        .filter((line) => line !== ""),
    spy: () => put("spy", ""),
    processes: () => readFileSync(join(place, "processes"), "utf8"),
    remove: async () => {
      await host.remove();
      removeFolder(place);
    },
  };
}
