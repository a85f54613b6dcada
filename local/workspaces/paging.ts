import type { WorkspacesOptions } from './service-options';
import { invalid } from './validation';
import { ServiceError } from '../core/service';

export const PAGE = 25;

export interface Page<T> {
  readonly items: T[];
  readonly NextToken?: string;
}

/**
 * One page of `items` in the order of their keys. A token contains the last key of the page, not a number of items. Therefore, if
 * items are added or removed between two pages, no other item is missing or shown twice.
 */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  request: { readonly question: unknown; readonly limit?: unknown; readonly token?: unknown },
  lastPageToken: WorkspacesOptions['lastPageToken'],
): Page<T> {
  const limit = request.limit ?? PAGE;
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > PAGE) throw invalid('Limit', limit);

  const question = JSON.stringify(request.question);
  const after = request.token === undefined ? undefined : readToken(request.token, question);
  const found = first(limit + 1, items.map((item) => ({ item, key: keyOf(item) })).filter(({ key }) => after === undefined || key > after));
  const shown = found.slice(0, limit);
  const token = found.length > limit
    ? Buffer.from(JSON.stringify([question, shown[shown.length - 1].key])).toString('base64url')
    : lastPageToken === 'empty' ? '' : undefined;
  return { items: shown.map(({ item }) => item), NextToken: token };
}

/** Keys for items that are already sorted. */
export function positions<T>(items: readonly T[]): (item: T) => string {
  const places = new Map(items.map((item, place) => [item, String(place).padStart(9, '0')]));
  return (item) => places.get(item)!;
}

/** The first `count` items by key. It does not sort the rest, because pages are small and fleets are large. */
function first<T extends { readonly key: string }>(count: number, items: readonly T[]): T[] {
  const smallest: T[] = [];
  for (const item of items) {
    if (smallest.length === count && item.key > smallest[count - 1].key) continue;
    let place = smallest.length;
    while (place > 0 && smallest[place - 1].key > item.key) place -= 1;
    smallest.splice(place, 0, item);
    if (smallest.length > count) smallest.pop();
  }
  return smallest;
}

function readToken(token: unknown, question: string): string {
  try {
    const [asked, key] = JSON.parse(Buffer.from(String(token), 'base64url').toString());
    if (asked === question && typeof key === 'string') return key;
  } catch {
    // Not one of our tokens: refused below, like a token of another request.
  }
  throw new ServiceError('InvalidParameterValuesException', `The NextToken ${token} in the request is invalid.`);
}
