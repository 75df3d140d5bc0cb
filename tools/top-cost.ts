import { spawn } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { makeImage } from "./sandbox/images.ts";
import { printProblem } from "./sandbox/problem.ts";
import { mustRun } from "./sandbox/run.ts";
import { up } from "./sandbox/sandbox.ts";
import { readSshd } from "./sandbox/sshd.ts";
import { removeDomain } from "./sandbox/sweep.ts";

/**
 * Measures what `pulumi-virsh top` costs the observed host: `node dist/tools/top-cost.js [GUESTS] [SECONDS]`.
 * The guests are paused and have two disks on two IO threads each, so they have threads and counters but do
 * no work.
 */
const [guests = 50, seconds = 30] = process.argv.slice(2).map(Number);
const virsh = ["virsh", "-q", "-c", "qemu:///system"];

interface Cpu {
  readonly ssh: number;
  readonly libvirtd: number;
  readonly qemu: number;
}

main().catch((error: unknown) => {
  console.error(printProblem(error));
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const box = await up(console.error);
  const names = Array.from({ length: guests }, (_, index) => `tv-${process.pid}-cost-${index}`);
  try {
    for (const name of names) await start(name, makeImage("cost.raw"));
    const ssh = readSshd(join(box.folder, "sshd"))?.process.pid ?? 0;
    const pids = names.map((name) => Number(readFileSync(`/run/libvirt/qemu/${name}.pid`, "utf8")));
    const idle = await during(seconds, ssh, pids);
    const top = spawn("node", ["dist/provider/cli/main.js", "top", box.uri, ...names, "--json"]);
    let views = 0;
    top.stdout.setEncoding("utf8").on("data", (text: string) => {
      views += text.split("\n").length - 1;
    });
    await pause(3_000);
    const viewsBefore = views;
    const busy = await during(seconds, ssh, pids);
    const seen = views - viewsBefore;
    top.kill("SIGINT");
    const percent = (key: keyof Cpu): number => ((busy[key] - idle[key]) / seconds) * 100;
    const parts = { ssh: percent("ssh"), libvirtd: percent("libvirtd"), qemu: percent("qemu") };
    const sum = parts.ssh + parts.libvirtd + parts.qemu;
    console.log(JSON.stringify({ guests, seconds, views: seen, percentOfOneCpu: { ...parts, sum } }));
  } finally {
    for (const name of names) await removeDomain(name);
  }
}

async function start(name: string, image: string): Promise<void> {
  const disk = (target: string, thread: number): string =>
    `<disk type='file'><driver name='qemu' type='raw' iothread='${thread}'/><source file='${image}'/><target dev='${target}' bus='virtio'/><shareable/></disk>`;
  const xml = `<domain type='qemu'><name>${name}</name><memory unit='MiB'>16</memory><iothreads>2</iothreads>
<os><type>hvm</type></os><devices>${disk("vda", 1)}${disk("vdb", 2)}</devices></domain>`;
  const file = join("/tmp", `${name}.xml`);
  writeFileSync(file, xml);
  await mustRun([...virsh, "create", file, "--paused"]);
}

/** CPU seconds used during `forSeconds` by the sshd with its descendants, libvirtd, and the guests' QEMUs. */
async function during(forSeconds: number, ssh: number, qemus: readonly number[]): Promise<Cpu> {
  const libvirtd = Number(readFileSync("/run/libvirt/qemu/driver.pid", "utf8"));
  const now = (): Cpu => ({
    ssh: treeOf(ssh).reduce((sum, pid) => sum + cpuOf(pid), 0),
    libvirtd: cpuOf(libvirtd),
    qemu: qemus.reduce((sum, pid) => sum + cpuOf(pid), 0),
  });
  const before = now();
  await pause(forSeconds * 1000);
  const after = now();
  return {
    ssh: after.ssh - before.ssh,
    libvirtd: after.libvirtd - before.libvirtd,
    qemu: after.qemu - before.qemu,
  };
}

/** CPU seconds of a process, including its ended children. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0) / 100;
}

function treeOf(root: number): number[] {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name): [number, number][] => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        return [[Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])]];
      } catch {
        return [];
      }
    });
  const below = (pid: number): number[] => [
    pid,
    ...parents.filter(([, parent]) => parent === pid).flatMap(([child]) => below(child)),
  ];
  return below(root);
}
