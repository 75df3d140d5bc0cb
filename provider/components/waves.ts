import type { FleetArgs, FleetWave } from "./fleetArgs.ts";
import type { FleetGuest, NamedHost } from "./guests.ts";

export interface NamedWave {
  readonly name: string;
  readonly guests: readonly FleetGuest[];
}

/** Groups the guests into waves, in order. Waves without guests are left out. */
export function orderWaves(
  args: FleetArgs,
  hosts: readonly NamedHost[],
  guests: readonly FleetGuest[],
  failures: string[],
): NamedWave[] {
  const { canary, waves } = args;
  if (canary !== undefined && waves !== undefined)
    failures.push("canary and waves: give one of them; the first wave is the canary");
  if (typeof canary === "number" && !(Number.isInteger(canary) && canary >= 1))
    failures.push(`canary: ${canary} is no number of hosts, from 1`);
  const first = typeof canary === "number" ? hosts.slice(0, canary).map(({ name }) => name) : canary;
  const wanted: readonly FleetWave[] = waves ?? (first ? [{ name: "canary", hosts: first }] : []);
  const property = waves ? (index: number) => `waves[${index}].hosts` : () => "canary";
  const left = new Set(guests);
  const made = wanted.map(({ name, hosts: entries }, index): NamedWave => {
    const own = entries.flatMap((entry) => {
      const meant = guests.filter(({ hostName, key }) => entry === hostName || entry === key);
      const isHost = hosts.some((host) => host.name === entry);
      if (meant.length === 0 && !isHost)
        failures.push(
          `${property(index)}: there is no "${entry}"; hosts are ${hosts.map((host) => host.name).join(", ")}, guests are named like "${guests[0]?.key}"`,
        );
      // If a wave names a host after another named some of its guests, the host means the other guests.
      return meant.filter((guest) => left.delete(guest));
    });
    return { name: name ?? `wave-${index + 1}`, guests: own };
  });
  const names = [...made.map(({ name }) => name), "rest"];
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) < index)))
    failures.push(`waves: two are called "${name}"; "rest" is the last one`);
  return [...made, { name: "rest", guests: [...left] }].filter((wave) => wave.guests.length > 0);
}

/** Lists what is wrong with a gate. */
export function checkGate({ gate }: FleetArgs, waves: readonly NamedWave[]): string[] {
  if (!gate) return [];
  const { seconds = 30, maxMeanRatio, maxP50Ratio, histogram = false } = gate;
  const limits = { maxMeanRatio, maxP50Ratio };
  return [
    ...(waves.length < 2 ? ["gate: there is one wave alone; give canary or waves for it to hold back"] : []),
    ...(seconds >= 5 && seconds <= 600 ? [] : [`gate.seconds: ${seconds} is not from 5 to 600`]),
    ...(maxMeanRatio === undefined && maxP50Ratio === undefined
      ? ["gate: give maxMeanRatio, or maxP50Ratio with histogram"]
      : []),
    ...(maxP50Ratio !== undefined && !histogram
      ? [
          "gate.maxP50Ratio: the host's counters know the mean alone; add histogram: true, which taints the guest",
        ]
      : []),
    ...Object.entries(limits).flatMap(([name, limit]) =>
      limit !== undefined && !(limit > 0) ? [`gate.${name}: ${limit} is not above 0`] : [],
    ),
  ];
}
