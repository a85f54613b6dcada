import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const PROJECT = resolve(__dirname, '..');
export const OUTPUT = join(PROJECT, '.bench');

/** A promised value, and the measured one. */
export interface Target {
  readonly what: string;
  readonly target: string;
  readonly measured: string;
  readonly met: boolean;
}

export interface Report {
  readonly sections: readonly string[];
  readonly targets?: readonly Target[];
  /** Saved as JSON. */
  readonly data: unknown;
}

export interface Benchmark {
  readonly name: string;
  readonly what: string;
  run(say: (progress: string) => void): Promise<Report>;
}

/** @returns the file, from the project's folder */
export function save(name: string, data: unknown): string {
  mkdirSync(OUTPUT, { recursive: true });
  writeFileSync(join(OUTPUT, `${name}.json`), `${JSON.stringify(data, undefined, 2)}\n`);
  return `.bench/${name}.json`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
