import type { Paint, Style } from "../report/activity/top.ts";

const codes: Readonly<Record<Style, string>> = {
  domain: "1",
  titles: "2",
  warning: "33",
  note: "36",
  quiet: "2",
};

/** Returns colours if the stream is a terminal that has them, unless NO_COLOR is set. */
export function paintFor(stream: { readonly isTTY?: boolean }): Paint {
  const isOn = stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== "dumb";
  return isOn ? (style, text) => `\x1b[${codes[style]}m${text}\x1b[0m` : (_, text) => text;
}
