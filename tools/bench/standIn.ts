import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { guestXml } from "./guests.ts";

/** The guests of a host that is libvirt's test driver: real virsh and XML, no daemon and no QEMU. */
export interface StandIn {
  readonly guests: number;
}

/**
 * Writes the file from which the test driver reads its domains. Returns its path in the form that URIs use.
 */
export function writeStandIn(file: string, { guests }: StandIn, images: readonly [string, string]): string {
  const domains = Array.from({ length: guests }, (_, guest) =>
    guestXml(guest, "test", images, "<test:runstate>5</test:runstate>"),
  );
  writeFileSync(file, `<node>\n${domains.join("\n")}\n</node>\n`);
  chmodSync(file, 0o644);
  return file;
}

/**
 * A virsh that repeats the real one's first answers to the two questions about a whole host, and passes
 * everything else on. Here fifty hosts share the engine's CPUs, and two real virsh take 30 ms of them.
 */
const replay = `#!/bin/sh
case $3 in
  *'--nowait ;'*'list --all --uuid --name') said=list ;;
  *'dumpxml --inactive'*'dumpxml --inactive'*' regain; list --all --uuid') said=xml ;;
  *) exec /usr/bin/virsh "$@" ;;
esac
mark=\${3#*echo } mark=\${mark%%[; ]*} file=\${0%/*}/said/$said
[ -e "$file" ] || {
  /usr/bin/virsh "$@" >"$file.$$" || exit
  sed -i "s/$mark/MARK/" "$file.$$" && mv "$file.$$" "$file"
}
exec sed "s/MARK/$mark/" "$file"
`;

/** Installs this virsh before the real one for every login. Returns the lines of sshd_config that do so. */
export function writeReplay(home: string, uid: number): string[] {
  const folder = join(home, "bin");
  mkdirSync(join(folder, "said"), { recursive: true });
  chownSync(join(folder, "said"), uid, uid);
  writeFileSync(join(folder, "virsh"), replay, { mode: 0o755 });
  return [`SetEnv PATH=${folder}:/usr/bin:/bin`];
}
