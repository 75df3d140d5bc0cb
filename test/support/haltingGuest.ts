import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { TestDomain } from "./domains.ts";

/** Makes a firmware that halts at once, so that the guest itself never touches its ports. */
export function makeHaltingFirmware(): string {
  const rom = Buffer.alloc(64 * 1024);
  // cli; hlt; jmp to the hlt: the CPU starts here.
  Buffer.from([0xfa, 0xf4, 0xeb, 0xfd]).copy(rom, 0xfff0);
  const file = join(imagesFolder(), "halts.rom");
  writeFileSync(file, rom);
  return file;
}

/** Writes to the guest's IO ports as its own CPU would. */
export async function writePorts(guest: TestDomain, writes: readonly string[]): Promise<void> {
  const said = writes.map((write) => `qemu-monitor-command ${guest.name} --hmp 'o ${write}'`);
  await mustRun(["virsh", "-c", guest.connection.virshUri, said.join("; ")]);
}

/** Writes one sector to the first IDE disk. */
export const sectorWrites: readonly string[] = [
  ...["/b 0x1f6 0xe0", "/b 0x1f2 1", "/b 0x1f3 10", "/b 0x1f4 0", "/b 0x1f5 0", "/b 0x1f7 0x30"],
  ...Array.from({ length: 128 }, () => "/w 0x1f0 0x1234"),
];

/** Assigns the PIIX4's ports (PCI registers 0x40 and 0x80), then writes a sleep type. */
export const sleepWrites = (type: "s3" | "off"): readonly string[] => [
  ...["/w 0xcf8 0x80000b40", "/w 0xcfc 0x601", "/w 0xcf8 0x80000b80", "/b 0xcfc 1"],
  type === "s3" ? "/h 0x604 0x2400" : "/h 0x604 0x2000",
];
