/** The users that an output names, and how many more there are: an answer may have no room for all. */
export interface Listed {
  readonly shown: readonly string[];
  readonly more: number;
}

export function listed(text: string): Listed {
  if (text === 'none') return { shown: [], more: 0 };
  const all = /^(\d+), see the ledger$/.exec(text);
  if (all) return { shown: [], more: Number(all[1]) };
  const cut = / and (\d+) more$/.exec(text);
  return { shown: (cut ? text.slice(0, cut.index) : text).split(', '), more: Number(cut?.[1] ?? 0) };
}

export function countOf({ shown, more }: Listed): number {
  return shown.length + more;
}

/** Whether a user is in a list, or may be one of those for whom there was no room. */
export function isNamed({ shown, more }: Listed, user: string, how?: string): boolean {
  const isTheirs = (item: string) => (how === undefined ? item === user || item.startsWith(`${user} (`) : item === `${user} (${how})`);
  return more > 0 || shown.some(isTheirs);
}

/** Whether a text names a user, or was cut. */
export function mayName(text: string, user: string): boolean {
  return text.includes(user) || / and \d+ more$|, see the ledger$/.test(text);
}
