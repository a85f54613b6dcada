import type { ChangeFailure, UserRecord } from './user-record';

/** The most characters of a text in the ledger. Nothing says how long AWS's messages can be. */
const LONGEST_TEXT = 1_000;
/** The same for the code of an error. */
const LONGEST_CODE = 200;

/** A text as the ledger takes it. */
export function recordedText(text: string): string {
  return cut(text, LONGEST_TEXT);
}

export function recordedCode(code: string): string {
  return cut(code, LONGEST_CODE);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** The texts that a record can have. Not every kind of record has each. */
interface Texts {
  readonly failure?: Failure;
  readonly broken?: Failure;
  readonly changeFailure?: ChangeFailure;
  readonly notes?: { readonly generation: number; readonly notes: readonly { readonly text: string }[] };
}

interface Failure {
  readonly code: string;
  readonly message: string;
}

/** A record as the ledger takes it: no text in it is longer than the longest. */
export function inBounds<R extends Omit<UserRecord, 'settings'>>(record: R): R {
  const { failure, broken, changeFailure, notes }: Texts = record as Texts;
  const changed: Texts = {
    ...failure && isLong(failure) && { failure: shortened(failure) },
    ...broken && isLong(broken) && { broken: shortened(broken) },
    ...isAnyLong(changeFailure) && { changeFailure: withEarlier(changeFailure!) },
    ...notes?.notes.some(({ text }) => text.length > LONGEST_TEXT)
      && { notes: { ...notes, notes: notes.notes.map((note) => ({ ...note, text: recordedText(note.text) })) } },
  };
  return Object.keys(changed).length > 0 ? { ...record, ...changed } : record;
}

function withEarlier(failure: ChangeFailure): ChangeFailure {
  const { earlier, ...last } = isLong(failure) ? shortened(failure) : failure;
  return earlier ? { ...last, earlier: withEarlier(earlier) } : last;
}

function isAnyLong(failure: ChangeFailure | undefined): boolean {
  return failure !== undefined && (isLong(failure) || isAnyLong(failure.earlier));
}

function isLong({ code, message }: Failure): boolean {
  return code.length > LONGEST_CODE || message.length > LONGEST_TEXT;
}

function shortened<F extends Failure>(failure: F): F {
  return { ...failure, code: recordedCode(failure.code), message: recordedText(failure.message) };
}
