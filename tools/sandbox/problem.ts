/** A problem that the user can fix. Its message says what failed, its remedy what to do. */
export class Problem extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string, cause?: unknown) {
    super(message, { cause });
    this.name = "Problem";
    this.remedy = remedy;
  }
}

/** Prints the error that ends a program: message and remedy of a Problem, all details of any other error. */
export function printProblem(error: unknown): string {
  if (error instanceof Problem) return `${error.message}\n  → ${error.remedy}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
