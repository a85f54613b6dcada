import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const KEPT_CHARACTERS = 1_000_000;

/** What a function wrote, for diagnosis: its latest part in memory, all of it in a file when there is a directory for logs. */
export class FunctionLog {
  private kept = '';
  private readonly file?: string;

  constructor(functionName: string, directory?: string) {
    if (directory) {
      mkdirSync(directory, { recursive: true });
      this.file = join(directory, `${functionName}.log`);
    }
  }

  get text(): string {
    return this.kept;
  }

  append(text: string): void {
    this.kept = (this.kept + text).slice(-KEPT_CHARACTERS);
    if (this.file) appendFileSync(this.file, text);
  }
}
