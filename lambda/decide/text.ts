// Pieces of sentences for people.

export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** The first few, and how many more there are. */
export function list<T>(items: readonly T[], text: (item: T) => string, most = 5): string {
  const more = items.length > most ? ` and ${items.length - most} more` : '';
  return items.slice(0, most).map(text).join('; ') + more;
}
