/** Up to five names that someone may have meant: few letters differ, or one begins with the other. */
export function nearNames(name: string, candidates: string[]): string[] {
  const wanted = name.toLowerCase();
  return candidates
    .map(candidate => ({ candidate, distance: distanceBetween(wanted, candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= 2 && distance < wanted.length)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 5)
    .map(({ candidate }) => candidate);
}

/** Letters to insert, leave out or exchange (Levenshtein); 1 when one begins with the other. */
function distanceBetween(a: string, b: string): number {
  if (a.length > 0 && b.length > 0 && (a.startsWith(b) || b.startsWith(a))) return a === b ? 0 : 1;
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
