import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder, shortHash } from "./folders.ts";
import { withLock } from "./lock.ts";
import { mustRun } from "./run.ts";

const version = "3.250.0";
/** Environments of all interpreters. */
export const pythons = cacheFolder("python");

/** Returns the folder of a Python with Pulumi's SDK. It is made from PyPI, once for each interpreter. */
export async function findPython(say: (line: string) => void): Promise<string> {
  const interpreter = await mustRun(["python3", "-c", "import sys; print(sys.base_prefix, sys.version)"]);
  const folder = join(pythons, `${version}-${shortHash(interpreter)}`);
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(join(folder, "done"))) return;
    say("installing Pulumi's SDK for Python, once");
    await mustRun(["python3", "-m", "venv", "--clear", folder], { timeoutMs: 120_000 });
    const packages = [`pulumi==${version}`, "parver", "setuptools", "wheel"];
    await mustRun([join(folder, "bin/pip"), "install", "-q", ...packages], { timeoutMs: 600_000 });
    writeFileSync(join(folder, "done"), "");
  });
  return folder;
}
