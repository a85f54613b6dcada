// Pieces of sentences for people.

/** The limit for a list. */
const MOST_CHARACTERS = 800;

export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** The first few, and how many more there are. Fewer if they are long: what comes after them must have room. */
export function list<T>(items: readonly T[], text: (item: T) => string, most = 5): string {
  const shown: string[] = [];
  for (const each of items.slice(0, most).map(text)) {
    if (shown.length > 0 && [...shown, each].join('; ').length > MOST_CHARACTERS) break;
    shown.push(each);
  }
  const more = items.length > shown.length ? ` and ${items.length - shown.length} more` : '';
  return shown.join('; ') + more;
}
