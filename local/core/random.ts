/** Park and Miller's generator. The same seed gives the same numbers, so that a scenario can be repeated. */
export class Random {
  private state: number;

  constructor(seed: number) {
    // 0 and multiples of the modulus would give zeros for ever.
    this.state = (Math.abs(Math.trunc(seed)) % 2147483646) + 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  /** @returns at least 0, below 1 */
  next(): number {
    this.state = (this.state * 48271) % 2147483647;
    return (this.state - 1) / 2147483646;
  }

  /** @returns a whole number from `low` to `high` */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  text(length: number, alphabet = '0123456789abcdefghijklmnopqrstuvwxyz'): string {
    return Array.from({ length }, () => alphabet[this.between(0, alphabet.length - 1)]).join('');
  }

  shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let i = result.length - 1; i > 0; i--) {
      const j = this.between(0, i);
      [result[i], result[j]] = [result[j], result[i]];
    }
    return result;
  }
}
