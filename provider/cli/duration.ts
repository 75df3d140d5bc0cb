import { InvalidArgumentError } from "commander";

const units: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3600 };

/** Makes a parser for an option's seconds within the limits, such as `90`, `60s`, `1.5m` or `1h`. */
export function parseSeconds(least: number, most: number): (text: string) => number {
  return (text) => {
    const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*(s|m|h|)$/.exec(text.trim()) ?? [];
    const seconds = number === "" ? Number.NaN : Number(number) * (units[unit] ?? Number.NaN);
    if (!(seconds >= least && seconds <= most))
      throw new InvalidArgumentError(
        `It must be a time like 60s, 5m or 1h, from ${least} to ${most} seconds.`,
      );
    return seconds;
  };
}
