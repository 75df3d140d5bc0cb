/** Something that the person at the keyboard can mend: what failed, and what to do. */
export class Problem extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.name = "Problem";
    this.remedy = remedy;
  }
}

/** For the end of a program: message and remedy of a Problem, everything there is of anything else. */
export function printProblem(error: unknown): string {
  if (error instanceof Problem) return `${error.message}\n  → ${error.remedy}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
