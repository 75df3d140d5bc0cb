import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { guestXml } from "./guests.ts";

/** Guests of a host whose libvirt is its test driver: real virsh and XML, no daemon and no QEMU. */
export interface StandIn {
  readonly guests: number;
}

/** Writes the file that the test driver reads its domains from. Returns its path, as a URI names it. */
export function writeStandIn(file: string, { guests }: StandIn, images: readonly [string, string]): string {
  const domains = Array.from({ length: guests }, (_, guest) =>
    guestXml(guest, "test", images, "<test:runstate>5</test:runstate>"),
  );
  writeFileSync(file, `<node>\n${domains.join("\n")}\n</node>\n`);
  chmodSync(file, 0o644);
  return file;
}

/**
 * A virsh that answers the two questions for a whole host with what the real one said to them first: fifty hosts
 * share the CPUs of the engine here, and two virsh take 30 ms of them. Everything else it leaves to the real one.
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

/** Puts it before the real one for whoever logs in. Returns the lines of sshd_config for that. */
export function writeReplay(home: string, uid: number): string[] {
  const folder = join(home, "bin");
  mkdirSync(join(folder, "said"), { recursive: true });
  chownSync(join(folder, "said"), uid, uid);
  writeFileSync(join(folder, "virsh"), replay, { mode: 0o755 });
  return [`SetEnv PATH=${folder}:/usr/bin:/bin`];
}
