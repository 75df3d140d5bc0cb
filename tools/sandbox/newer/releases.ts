import { InvalidArgumentError } from "commander";

/** Debian releases whose libvirt is newer than that of the machine, by libvirt's major version. */
export const releases = {
  // libvirt 11.3, QEMU 10.0
  11: { suite: "trixie" },
  // libvirt 12.8, QEMU 11.1
  12: { suite: "forky" },
} as const;

export type NewerLibvirt = keyof typeof releases;

export const newerLibvirts: readonly NewerLibvirt[] = [11, 12];

/** For commander. */
export function parseLibvirt(text: string): NewerLibvirt {
  const libvirt = newerLibvirts.find((each) => String(each) === text);
  if (!libvirt) throw new InvalidArgumentError(`it is one of ${newerLibvirts.join(", ")}`);
  return libvirt;
}
