/** Names are similar if their first letters are the same: this many. */
const PREFIX = 3;

/** Up to five names that someone may have meant, the most similar first. One or two letters differ, or the first letters are the same. */
export function nearNames(name: string, candidates: string[]): string[] {
  const wanted = name.toLowerCase();
  return candidates
    .map(candidate => ({ candidate, distance: distanceBetween(wanted, candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => (distance <= 2 && distance < wanted.length / 2) || beginAlike(wanted, candidate.toLowerCase()))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 5)
    .map(({ candidate }) => candidate);
}

function beginAlike(a: string, b: string): boolean {
  return a.length >= PREFIX && a.slice(0, PREFIX) === b.slice(0, PREFIX);
}

/** How many letters to insert, remove or replace to turn one name into the other (Levenshtein distance). */
export function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length];
}
