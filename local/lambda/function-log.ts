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

  /** Whether Lambda may write down what the function writes. */
  mayKeep = (): boolean => true;

  get text(): string {
    return this.kept;
  }

  /** What the function wrote. */
  append(text: string): void {
    if (this.mayKeep()) this.note(text);
  }

  /** What the local cloud itself has to say of it. */
  note(text: string): void {
    this.kept = (this.kept + text).slice(-KEPT_CHARACTERS);
    if (this.file) appendFileSync(this.file, text);
  }
}
