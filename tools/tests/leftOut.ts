const mark = /^(.*) \[left out: (.*)\]$/s;

/** What is added to the title of a test that is left out for a reason: mocha has no other place for it. */
export function leftOut(reason: string): string {
  return ` [left out: ${reason}]`;
}

/** The reason in a title; null where it holds none. */
export function readReason(title: string): string | null {
  return mark.exec(title)?.[2] ?? null;
}
