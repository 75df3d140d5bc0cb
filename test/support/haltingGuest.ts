import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { imagesFolder } from "../../tools/sandbox/folders.ts";
import { mustRun } from "../../tools/sandbox/run.ts";
import type { TestDomain } from "./domains.ts";

/** Makes a firmware that halts at once, so that the guest itself never touches its ports. */
export function makeHaltingFirmware(): string {
  // cli; hlt; jmp to the hlt
  return makeFirmware("halts.rom", [0xfa, 0xf4, 0xeb, 0xfd], []);
}

/** Makes a firmware that waits for a key (`virsh send-key`) and then powers off, as an operating system does. */
export function makePowerOffFirmware(): string {
  // jmp to 0xf000:0x0000
  return makeFirmware(
    "powersOff.rom",
    [0xea, 0x00, 0x00, 0x00, 0xf0],
    [
      ...[0xfa, 0xe4, 0x64, 0xa8, 0x01, 0x74, 0xfa], // cli; while bit 0 of port 0x64 is 0
      ...[...out32(0xcf8, 0x80000b40), ...out16(0xcfc, 0x601)], // the power management's ports are at 0x600,
      ...[...out32(0xcf8, 0x80000b80), ...out8(0xcfc, 1)], // and enabled
      ...out16(0x604, 0x2000), // soft off
      ...[0xf4, 0xeb, 0xfd],
    ],
  );
}

/** Code of 16 bits: `start` is where the CPU starts, `main` is at 0xf000:0x0000. */
function makeFirmware(name: string, start: readonly number[], main: readonly number[]): string {
  const rom = Buffer.alloc(64 * 1024);
  Buffer.from(start).copy(rom, 0xfff0);
  Buffer.from(main).copy(rom);
  const file = join(imagesFolder(), name);
  writeFileSync(file, rom);
  return file;
}

const little = (value: number, bytes: number) =>
  Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) % 256);
/** mov dx, PORT; mov eax (ax, al), VALUE; out dx, eax (ax, al). */
const out32 = (port: number, value: number) => [
  ...[0xba, ...little(port, 2), 0x66, 0xb8, ...little(value, 4), 0x66, 0xef],
];
const out16 = (port: number, value: number) => [0xba, ...little(port, 2), 0xb8, ...little(value, 2), 0xef];
const out8 = (port: number, value: number) => [0xba, ...little(port, 2), 0xb0, value, 0xee];

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

/** Assigns the PIIX4's ports (PCI registers 0x40 and 0x80), then writes the sleep type of suspend to memory. */
export const sleepWrites: readonly string[] = [
  ...["/w 0xcf8 0x80000b40", "/w 0xcfc 0x601", "/w 0xcf8 0x80000b80", "/b 0xcfc 1"],
  "/h 0x604 0x2400",
];
