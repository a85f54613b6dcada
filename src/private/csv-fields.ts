import { Duration, Size } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { NamedKey } from './named-key';
import { GlobalAccelerator } from '../global-accelerator';
import { GlobalAcceleratorProtocol } from '../global-accelerator-protocol';
import { RunningMode } from '../running-mode';

/** How a setting is read from a row of a CSV file. */
export interface CsvColumns<T> {
  /** The headers of its columns. A file can leave each of them out. Upper and lower case are the same. */
  readonly columns: readonly string[];
  /** Gets the fields of these columns; at least one is not empty. Throws an Error, to which the reader adds file and line. */
  readonly read: (...fields: (string | undefined)[]) => T;
}

/** The usual case: one column. */
export function column<T>(header: string, read: (field: string, header: string) => T): CsvColumns<T> {
  return { columns: [header], read: field => read(field!, header) };
}

export function trueOrFalse(field: string, header: string): boolean {
  if (!/^(true|false)$/i.test(field)) throw new Error(`${header} must be true or false, got ${JSON.stringify(field)}`);
  return field.toLowerCase() === 'true';
}

export function gibibytes(field: string, header: string): Size {
  return Size.gibibytes(wholeNumber(field, header));
}

/** A list of words, separated by spaces or semicolons. */
export function listField(field: string): string[] {
  return field.split(/[\s;]+/).filter(Boolean);
}

export function runningMode(mode: string | undefined, autoStopMinutes: string | undefined): RunningMode {
  const name = mode?.toUpperCase();
  if (autoStopMinutes !== undefined && name !== 'AUTO_STOP') {
    throw new Error(`autoStopTimeoutInMinutes ${JSON.stringify(autoStopMinutes)} needs the runningMode "AUTO_STOP" in the same line, got ${JSON.stringify(mode ?? '')}`);
  }
  switch (name) {
    case 'AUTO_STOP': return RunningMode.autoStop(autoStopMinutes === undefined ? undefined : wholeHours(autoStopMinutes, 'autoStopTimeoutInMinutes'));
    case 'ALWAYS_ON': return RunningMode.alwaysOn();
    case 'MANUAL': return RunningMode.manual();
    default: throw new Error(`runningMode must be AUTO_STOP, ALWAYS_ON or MANUAL, got ${JSON.stringify(mode)}`);
  }
}

/** A key, by one of the names that the API of WorkSpaces accepts: its ARN, its id, an alias, or the ARN of an alias. */
export function key(field: string, header: string): kms.IKeyRef {
  const named = NamedKey.from(field);
  if (named) return named;
  throw new Error(`${header} must be the ARN or the id of a key, or an alias like "alias/desktops", got ${JSON.stringify(field)}`);
}

export function globalAccelerator(mode: string | undefined, protocol: string | undefined): GlobalAccelerator {
  if (mode === undefined) throw new Error(`globalAcceleratorProtocol ${JSON.stringify(protocol)} needs a globalAccelerator in the same line, such as ENABLED_AUTO`);
  return GlobalAccelerator.of(mode.toUpperCase(), protocol === undefined ? undefined : GlobalAcceleratorProtocol.of(protocol.toUpperCase()));
}

function wholeNumber(field: string, header: string): number {
  if (!/^\d{1,9}$/.test(field)) throw new Error(`${header} must be a whole number, got ${JSON.stringify(field)}`);
  return Number(field);
}

function wholeHours(field: string, header: string): Duration {
  const minutes = wholeNumber(field, header);
  if (minutes === 0 || minutes % 60 !== 0) throw new Error(`${header} must be a multiple of 60, such as 60 or 120, got ${JSON.stringify(field)}`);
  return Duration.minutes(minutes);
}
