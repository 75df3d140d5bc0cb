import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { cacheFolder, repository, shortHash } from "../folders.ts";
import { withLock } from "../lock.ts";
import { installPrograms, packageNames } from "../packages.ts";
import { Problem } from "../problem.ts";
import { mustRun, run } from "../run.ts";
import { type NewerLibvirt, releases } from "./releases.ts";

const scripts = ["makeRoot.sh", "devices.sh"].map((name) => join(repository, "tools/sandbox/newer", name));

/** What tests use there beyond what a sandbox needs. */
const packages = [
  ...packageNames(),
  ...["ca-certificates", "git", "libc6-dev", "procps", "python3", "python3-venv", "tini", "util-linux"],
  // qxl is a module of its own.
  "qemu-system-modules-spice",
];

/**
 * The root folder of a Debian that has this libvirt. It is made once, in a name of its own until it is complete, and
 * never changed afterwards: hosts lay their changes over it. A root that another recipe made, or that has lost or
 * gained a file since, is made anew.
 */
export async function findRoot(libvirt: NewerLibvirt, say: (line: string) => void): Promise<string> {
  const { suite } = releases[libvirt];
  const recipe = shortHash(
    [suite, ...packages, ...scripts.map((script) => readFileSync(script, "utf8"))].join("\n"),
  );
  const root = cacheFolder(`libvirt-${libvirt}-${recipe}`);
  return withLock(cacheFolder(`libvirt-${libvirt}.lock`), async () => {
    if (await isWhole(root)) return root;
    if (existsSync(root)) say(`${root} is not as it was made`);
    await removeOthers(root, libvirt);
    say(`making a root of Debian ${suite}, once (about 2 minutes, 1 GB)`);
    await makeRoot(root, suite, say);
    return root;
  });
}

/** Beside the root, not in it: the list of its files, as they were when it was complete. */
const stampOf = (root: string): string => `${root}.stamp`;

async function isWhole(root: string): Promise<boolean> {
  if (!existsSync(root) || !existsSync(stampOf(root))) return false;
  return readFileSync(stampOf(root), "utf8") === (await fingerprint(root));
}

/** Changes with every file that appears, goes, or changes its size, owner or mode. */
async function fingerprint(root: string): Promise<string> {
  const facts = "%P %y %U:%G %m %l";
  const list = [
    "find",
    root,
    "-xdev",
    "-type",
    "f",
    "-printf",
    `${facts} %s\\n`,
    "-o",
    "-printf",
    `${facts}\\n`,
  ];
  return shortHash((await mustRun(list)).split("\n").toSorted().join("\n"));
}

async function makeRoot(root: string, suite: string, say: (line: string) => void): Promise<void> {
  await installPrograms({ debootstrap: "debootstrap" }, say);
  const part = `${root}.${process.pid}.part`;
  mkdirSync(part, { recursive: true });
  const log = `${root}.log`;
  const made = await run(inNamespaces([part, suite, await findMirror(), log, ...packages]), {
    timeoutMs: 1_200_000,
  });
  if (made.exitCode !== 0) {
    const said = existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").slice(-8) : [];
    throw new Problem(
      `no root of Debian ${suite}: ${[made.stderr.trim(), ...said].join("\n  ")}`,
      `read ${log}`,
    );
  }
  writeFileSync(stampOf(root), await fingerprint(part));
  renameSync(part, root);
}

/** debootstrap and packages' scripts make device nodes and mounts: they see no device of the machine, and what they mount ends with them. */
function inNamespaces(words: readonly string[]): readonly string[] {
  const flags = ["--mount", "--pid", "--fork", "--kill-child", "--uts", "--ipc"];
  // When this process is killed, the making ends with it.
  return [
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    ...flags,
    "--",
    "bash",
    ...scripts.slice(0, 1),
    ...words,
  ];
}

/** Roots of other recipes, and what a make left that was interrupted; one that a host still uses stays. */
async function removeOthers(root: string, libvirt: NewerLibvirt): Promise<void> {
  const folder = dirname(root);
  if (existsSync(root)) renameSync(root, `${root}.broken-${process.pid}`);
  const others = readdirSync(folder).filter(
    (name) => name.startsWith(`libvirt-${libvirt}-`) && name !== basename(root),
  );
  for (const name of others) {
    const path = join(folder, name);
    await run(["flock", "--nonblock", "--exclusive", path, "rm", "-rf", "--one-file-system", path], {
      timeoutMs: 120_000,
    });
  }
}

/** The mirror that the machine's own apt uses for Debian itself. */
async function findMirror(): Promise<string> {
  const name = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  const targets = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages", `Codename: ${name}`];
  const [mirror] = (await mustRun(["apt-get", ...targets])).split("\n");
  if (!mirror) throw new Problem("this machine's apt names no Debian mirror", "see apt-get indextargets");
  return mirror;
}
