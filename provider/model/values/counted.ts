/** Prints a count with its noun, such as `1 guest` or `2 guests`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
