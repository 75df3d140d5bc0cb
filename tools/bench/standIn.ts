import { chmodSync, writeFileSync } from "node:fs";

/** Guests of a host whose libvirt is its test driver: real virsh and XML, no daemon and no QEMU. */
export interface StandIn {
  readonly guests: number;
}

/** Writes the file that the test driver reads its domains from. Returns its path, as a URI names it. */
export function writeStandIn(file: string, { guests }: StandIn, images: readonly [string, string]): string {
  const domains = Array.from({ length: guests }, (_, guest) => domainXml(guest, images));
  writeFileSync(file, `<node>\n${domains.join("\n")}\n</node>\n`);
  chmodSync(file, 0o644);
  return file;
}

function domainXml(guest: number, images: readonly [string, string]): string {
  const disk = (target: string, file: string, thread: number) =>
    `<disk type='file' device='disk'><driver name='qemu' type='raw' cache='none' io='native' iothread='${thread}'/>` +
    `<source file='${file}'/><target dev='${target}' bus='virtio'/></disk>`;
  // Without one, each virsh makes up another.
  const uuid = `5bd1e995-0000-4000-8000-${String(guest).padStart(12, "0")}`;
  return `<domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
  <name>bench-${guest}</name><uuid>${uuid}</uuid><memory unit='MiB'>256</memory><vcpu>2</vcpu><iothreads>2</iothreads>
  <cputune><iothreadpin iothread='1' cpuset='0'/><iothreadpin iothread='2' cpuset='0-1'/></cputune>
  <os><type>hvm</type></os>
  <devices>${disk("vda", images[0], 1)}${disk("vdb", images[1], 2)}</devices>
  <test:runstate>5</test:runstate>
</domain>`;
}
