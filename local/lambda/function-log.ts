import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const LATEST_CHARACTERS = 1_000_000;

/** The output of a function. Its latest part is in memory. If there is a directory for logs, all of it is in a file. */
export class FunctionLog {
  private latest = '';
  private readonly file?: string;

  constructor(functionName: string, directory?: string) {
    if (directory) {
      mkdirSync(directory, { recursive: true });
      this.file = join(directory, `${functionName}.log`);
    }
  }

  /** Whether Lambda may write the function's output. */
  mayWrite = (): boolean => true;

  get text(): string {
    return this.latest;
  }

  /** Adds output of the function. */
  append(text: string): void {
    if (this.mayWrite()) this.note(text);
  }

  /** Adds a message of the local cloud itself. */
  note(text: string): void {
    this.latest = (this.latest + text).slice(-LATEST_CHARACTERS);
    if (this.file) appendFileSync(this.file, text);
  }
}
