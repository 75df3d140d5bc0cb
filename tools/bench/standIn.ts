import { chmodSync, writeFileSync } from "node:fs";
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
