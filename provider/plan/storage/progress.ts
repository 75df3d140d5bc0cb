/** Says how far a transfer is: `120 MiB of 416 MiB (28 %), 61 MiB/s, 5 s left`. */

/** Shows a line in place of the one shown before. */
export type Show = (line: string) => void;

/** @param total Bytes of the whole; `null` while that is not known */
export function describeProgress(done: number, total: number | null, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  const said = rate > 0 ? [`${roundSize(rate)}/s`] : [];
  if (total === null || total < done) return [roundSize(done), ...said].join(", ");
  const percent = total > 0 ? Math.floor((done / total) * 100) : 100;
  const left = rate > 0 ? [`${roundTime((total - done) / rate)} left`] : [];
  return [`${roundSize(done)} of ${roundSize(total)} (${percent} %)`, ...said, ...left].join(", ");
}

const units = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** A size for people: three digits at most where the unit allows it. */
export function roundSize(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1024 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const number = bytes / 1024 ** power;
  const shown = power > 0 && number < 9.95 ? number.toFixed(1) : String(Math.round(number));
  return `${shown} ${units[power]}`;
}

function roundTime(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 120) return `${whole} s`;
  const minutes = Math.ceil(whole / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}
