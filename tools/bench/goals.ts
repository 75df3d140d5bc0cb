import { table } from "./cells.ts";
import type { Case } from "./measure.ts";
import type { Summary } from "./summary.ts";

/** A goal, and whether the figures reach it; `null` when they are missing. */
interface Goal {
  readonly goal: string;
  readonly measure: (at: Find) => { readonly said: string; readonly isReached: boolean } | null;
}

type Find = (which: Partial<Case>) => Summary | undefined;

const preview = { act: "preview, no change" } as const;
const [floor, virsh] = [{ variant: "floor" }, { variant: "virsh" }] as const;

const goals: readonly Goal[] = [
  {
    goal: "preview of 200 guests within 1.3 × the floor at 0 ms",
    measure: (at) => {
      const which = { section: "guests", guestsPerHost: 200, ...preview } as const;
      const [low, mine] = [at({ ...which, ...floor }), at({ ...which, ...virsh })];
      if (!low || !mine) return null;
      const wall = mine.wallSeconds.median / low.wallSeconds.median;
      const cpu = mine.cpuSeconds.median / low.cpuSeconds.median;
      const said = `${wall.toFixed(2)} × of the wall time, ${cpu.toFixed(2)} × of the CPU`;
      return { said, isReached: Math.max(wall, cpu) <= 1.3 };
    },
  },
  {
    goal: "within the floor + 6 round trips (0.48 s) at 80 ms",
    measure: (at) => {
      const which = { section: "delay", guestsPerHost: 200, delayMs: 80 } as const;
      const [low, mine] = [at({ ...which, ...floor }), at({ ...which, ...virsh })];
      if (!low || !mine) return null;
      const [median, least] = [
        mine.wallSeconds.median - low.wallSeconds.median,
        mine.wallSeconds.min - low.wallSeconds.min,
      ];
      const said = `floor + ${median.toFixed(2)} s by medians, + ${least.toFixed(2)} s by the least; ${mine.turns} turns`;
      return { said, isReached: median <= 0.48 };
    },
  },
  {
    goal: "one SSH connection per host",
    measure: (at) => {
      const all = [1, 20, 200, 1000].flatMap(
        (guestsPerHost) => at({ guestsPerHost, hosts: 1, delayMs: 0, ...preview, ...virsh }) ?? [],
      );
      const many = at({ section: "hosts", hosts: 50, ...preview, ...virsh });
      if (all.length === 0) return null;
      const most = Math.max(...all.map((each) => each.connections));
      const counts = all.map((each) => each.case.guestsPerHost).join(", ");
      const fleet = many ? `; ${many.connections} to 50 hosts` : "";
      const said = `${most} for ${counts} guests${fleet}; sessions of a preview: ${Math.max(...all.map((each) => each.sessions))}`;
      return { said, isReached: most === 1 && (many?.connections ?? 50) === 50 };
    },
  },
  {
    goal: "cost per further guest at most 1.5 × the floor's own",
    measure: (at) => {
      const steps = [
        [20, 200],
        [200, 1000],
      ] as const;
      const ratios = steps.flatMap(([few, more]) => {
        const cost = (variant: typeof floor | typeof virsh) => {
          const [one, other] = [few, more].map((guestsPerHost) =>
            at({ guestsPerHost, hosts: 1, delayMs: 0, option: "", ...preview, ...variant }),
          );
          if (!one || !other) return null;
          return ((other.cpuSeconds.median - one.cpuSeconds.median) * 1000) / (more - few);
        };
        const [mine, low] = [cost(virsh), cost(floor)];
        return mine === null || low === null ? [] : [{ few, more, mine, low }];
      });
      if (ratios.length === 0) return null;
      const said = ratios.map(
        ({ few, more, mine, low }) =>
          `${few} to ${more}: ${mine.toFixed(1)} ms of CPU to ${low.toFixed(1)} ms, ${(mine / low).toFixed(2)} ×`,
      );
      return { said: said.join("; "), isReached: ratios.every(({ mine, low }) => mine <= 1.5 * low) };
    },
  },
  {
    goal: "50 hosts at 80 ms within the floor + 2 s",
    measure: (at) => {
      const which = { section: "hosts", hosts: 50, option: "virsh:hosts", ...preview } as const;
      const [low, mine] = [at({ ...which, ...floor }), at({ ...which, ...virsh })];
      if (!low || !mine) return null;
      const over = mine.wallSeconds.median - low.wallSeconds.median;
      const own = mine.cpuSeconds.median - low.cpuSeconds.median;
      const said = `floor + ${over.toFixed(2)} s; on the same CPUs the hosts took ${mine.hostCpuSeconds.toFixed(2)} s, the provider ${own.toFixed(2)} s over the floor`;
      return { said, isReached: over <= 2 };
    },
  },
  {
    goal: "memory of the provider at most 150 MB over the floor, 1000 guests",
    measure: (at) => {
      const over = (["preview, no change", "refresh", "one change up"] as const).flatMap((act) => {
        const which = { section: "many", act } as const;
        const [low, mine] = [at({ ...which, ...floor }), at({ ...which, ...virsh })];
        return low && mine ? [{ act, miB: mine.providerPeakMiB - low.providerPeakMiB }] : [];
      });
      if (over.length === 0) return null;
      const said = over.map(({ act, miB }) => `${act}: ${Math.round(miB)} MiB`).join("; ");
      return { said, isReached: over.every(({ miB }) => miB * 1.048576 <= 150) };
    },
  },
];

function finder(summaries: readonly Summary[]): Find {
  return (which) =>
    summaries.find((each) =>
      Object.entries(which).every(([name, value]) => each.case[name as keyof Case] === value),
    );
}

/** Prints another provider's times, measured on the same kind of machine. */
export function printComparison(summaries: readonly Summary[]): string[] {
  const at = finder(summaries);
  const taken = (act: Case["act"]) => {
    const which = { section: "guests", guestsPerHost: 200, act } as const;
    const [low, mine] = [at({ ...which, ...floor }), at({ ...which, ...virsh })];
    return low && mine
      ? `${mine.wallSeconds.median.toFixed(0)} s (floor ${low.wallSeconds.median.toFixed(0)} s)`
      : null;
  };
  const [plan, first] = [taken("preview, no change"), taken("first up")];
  if (plan === null || first === null) return [];
  return [
    "",
    `For comparison, on the same kind of machine: the best-known Terraform provider for libvirt takes 435 s for a plan of 200 guests without changes, and 650 s for the first apply; here ${plan} and ${first}.`,
  ];
}

/** Prints the goals as Markdown. */
export function printGoals(summaries: readonly Summary[]): string[] {
  const at = finder(summaries);
  const rows = goals.map(({ goal, measure }) => {
    const found = measure(at);
    return [goal, found?.said ?? "not measured", found ? (found.isReached ? "yes" : "no") : ""];
  });
  return table(["goal", "measured", "reached"], rows);
}
