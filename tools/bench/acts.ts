/** A command for the engine, and the output that it must give for the figure to count. */
export interface Act {
  readonly name:
    | "preview, no change"
    | "preview, one change"
    | "refresh"
    | "first up"
    | "one change up"
    | "destroy";
  readonly args: readonly string[];
  /** Whether the program declares another pin for the first guest than the guest has. */
  readonly isChange: boolean;
  readonly says: RegExp;
}

const now = ["--yes", "--skip-preview"];

export const firstUp: Act = {
  name: "first up",
  args: ["up", ...now],
  isChange: false,
  says: /\+ \d+ created/,
};
export const destroy: Act = {
  name: "destroy",
  args: ["destroy", ...now],
  isChange: false,
  says: /- \d+ deleted/,
};
export const preview: Act = {
  name: "preview, no change",
  args: ["preview", "--expect-no-changes"],
  isChange: false,
  says: /\d+ unchanged/,
};

/** Acts on existing guests, in this order. */
export const acts: readonly Act[] = [
  preview,
  { name: "preview, one change", args: ["preview"], isChange: true, says: /~ 1 to update/ },
  { name: "refresh", args: ["refresh", ...now], isChange: false, says: /\d+ unchanged/ },
  { name: "one change up", args: ["up", ...now], isChange: true, says: /~ 1 updated/ },
];
