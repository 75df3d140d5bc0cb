import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { imagesFolder, repository } from "../../tools/sandbox/folders.ts";
import { mustRun } from "../../tools/sandbox/run.ts";

/** Builds a flat image of 64-bit code without a C library and without vector registers. */
const flags = [
  "-m64 -O2 -Wall -Wextra -Werror -std=gnu17 -ffreestanding -nostdlib -static -fno-pic -fno-pie",
  "-mcmodel=small -mno-red-zone -mgeneral-regs-only -fno-stack-protector -fcf-protection=none",
  "-fno-asynchronous-unwind-tables -Wl,--build-id=none -Wl,--oformat=binary -Wl,-z,max-page-size=4096",
].flatMap((line) => line.split(" "));

/**
 * Compiles the guest that tests boot by `<kernel>`, once per sandbox for the same sources. QEMU's user can
 * read the image's folder.
 * @throws Error with gcc's message
 */
export async function buildGuest(): Promise<string> {
  const folder = join(repository, "test/support/guest");
  const sources = readdirSync(folder)
    .filter((name) => /\.(c|h|S|ld)$/.test(name))
    .sort();
  const hash = createHash("sha256").update(flags.join(" "));
  for (const name of sources) hash.update(name).update(readFileSync(join(folder, name)));
  const image = join(imagesFolder(), `guest-${hash.digest("hex").slice(0, 12)}.bin`);
  if (existsSync(image)) return image;
  mkdirSync(imagesFolder(), { recursive: true, mode: 0o755 });
  const made = `${image}.${process.pid}`;
  const inputs = sources.filter((name) => /\.(c|S)$/.test(name));
  await mustRun(["gcc", ...flags, "-T", "guest.ld", "-o", made, ...inputs], { cwd: folder });
  chmodSync(made, 0o644);
  renameSync(made, image);
  return image;
}
