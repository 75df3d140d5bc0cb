/** CPU numbers in a set must be below this: libvirt 9.0.0 does not parse 16384. */
export const cpuLimit = 16384;

/** Reads `0-3,^2,8` as ascending, distinct numbers. Null when the text is no set of CPUs, or an empty one. */
export function parseCpuset(text: string): number[] | null {
  const cpus = new Set<number>();
  for (const part of text.split(",").map((piece) => piece.trim())) {
    const match = /^(\^?)(\d+)(?:-(\d+))?$/.exec(part);
    if (!match) return null;
    const from = Number(match[2]);
    const to = match[3] === undefined ? from : Number(match[3]);
    if (to < from || to >= cpuLimit || (match[1] && match[3] !== undefined)) return null;
    for (let cpu = from; cpu <= to; cpu++) {
      if (match[1]) cpus.delete(cpu);
      else cpus.add(cpu);
    }
  }
  return cpus.size === 0 ? null : [...cpus].sort((a, b) => a - b);
}

/** Writes a set as libvirt does: ascending, neighbours joined. */
export function printCpuset(cpus: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const cpu of cpus) {
    const last = runs.at(-1);
    if (last && last[1] === cpu - 1) last[1] = cpu;
    else runs.push([cpu, cpu]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

/** A set as libvirt prints it; a text that is no set stays as it is, without blanks around it. */
export function canonicalCpuset(text: string): string {
  const cpus = parseCpuset(text);
  return cpus ? printCpuset(cpus) : text.trim();
}
