import { malformed, unsupported } from './errors';
import { arnMatches, globMatches } from './match';

/** What is known about a request, by condition key. A list means a key with several values, even if it has only one element. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

/** One operator on one key: `"StringEquals": { "aws:RequestTag/team": ["red", "blue"] }`. */
export interface Condition {
  /** As the policy writes it. */
  readonly operator: string;
  /** As the policy writes it; its case does not matter. */
  readonly key: string;
  readonly quantifier?: 'ForAnyValue' | 'ForAllValues';
  readonly holds: (context: ContextValues) => boolean;
}

/** Values by key. Keys are not case-sensitive. */
export class ContextValues {
  private readonly values: Map<string, string | readonly string[]>;

  constructor(context: Context) {
    this.values = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  }

  /** Undefined if the request does not have the key. An empty list counts as missing. */
  get(key: string): string | readonly string[] | undefined {
    const value = this.values.get(key.toLowerCase());
    return Array.isArray(value) && value.length === 0 ? undefined : value;
  }
}

interface Operator {
  /** Whether the condition holds if no value of the policy fits. */
  readonly negated: boolean;
  readonly fits: (actual: string, expected: string) => boolean;
  /** What a value in the policy must be; undefined if every text is allowed. */
  readonly requires?: { readonly what: string; readonly test: (value: string) => boolean };
}

const text = (fits: Operator['fits'], negated = false): Operator => ({ negated, fits });
const bool: Operator = {
  negated: false,
  fits: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  requires: { what: 'true or false', test: (value) => /^(true|false)$/i.test(value) },
};
const numeric = (fits: (actual: number, expected: number) => boolean, negated = false): Operator => ({
  negated,
  fits: (actual, expected) => isNumber(actual) && fits(Number(actual), Number(expected)),
  requires: { what: 'a number', test: isNumber },
});
const date = (fits: (actual: number, expected: number) => boolean, negated = false): Operator => ({
  negated,
  fits: (actual, expected) => isDate(actual) && fits(timeOf(actual), timeOf(expected)),
  requires: { what: 'a date as in 2026-01-31T23:59:59Z, or seconds since 1970', test: isDate },
});
const arn = (negated = false): Operator => ({ negated, fits: (actual, expected) => arnMatches(expected, actual) });

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: text((actual, expected) => actual === expected),
  StringNotEquals: text((actual, expected) => actual === expected, true),
  StringEqualsIgnoreCase: text((actual, expected) => actual.toLowerCase() === expected.toLowerCase()),
  StringNotEqualsIgnoreCase: text((actual, expected) => actual.toLowerCase() === expected.toLowerCase(), true),
  StringLike: text((actual, expected) => globMatches(expected, actual)),
  StringNotLike: text((actual, expected) => globMatches(expected, actual), true),
  Bool: bool,
  NumericEquals: numeric((actual, expected) => actual === expected),
  NumericNotEquals: numeric((actual, expected) => actual === expected, true),
  NumericLessThan: numeric((actual, expected) => actual < expected),
  NumericLessThanEquals: numeric((actual, expected) => actual <= expected),
  NumericGreaterThan: numeric((actual, expected) => actual > expected),
  NumericGreaterThanEquals: numeric((actual, expected) => actual >= expected),
  DateEquals: date((actual, expected) => actual === expected),
  DateNotEquals: date((actual, expected) => actual === expected, true),
  DateLessThan: date((actual, expected) => actual < expected),
  DateLessThanEquals: date((actual, expected) => actual <= expected),
  DateGreaterThan: date((actual, expected) => actual > expected),
  DateGreaterThanEquals: date((actual, expected) => actual >= expected),
  ArnEquals: arn(),
  ArnLike: arn(),
  ArnNotEquals: arn(true),
  ArnNotLike: arn(true),
};

/** AWS has these operators. Requests here have neither addresses nor bytes, so they are refused. */
const ELSEWHERE = ['IpAddress', 'NotIpAddress', 'BinaryEquals'];

/** Reads the Condition element of a statement. Throws for everything that it does not know. */
export function parseConditions(element: unknown): Condition[] {
  if (!isObject(element)) throw malformed(`Syntax errors in policy. (Condition must be an object, got ${JSON.stringify(element)})`);
  return Object.entries(element).flatMap(([operator, keys]) => {
    if (!isObject(keys)) throw malformed(`Syntax errors in policy. (${operator} must have an object with condition keys, got ${JSON.stringify(keys)})`);
    return Object.entries(keys).map(([key, values]) => parseCondition(operator, key, values));
  });
}

/** Whether all conditions hold. */
export function allHold(conditions: readonly Condition[], context: ContextValues): boolean {
  return conditions.every((condition) => condition.holds(context));
}

function parseCondition(operator: string, key: string, element: unknown): Condition {
  const [, quantifier, name, suffix] = /^(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?$/.exec(operator) ?? [];
  const ifExists = suffix !== undefined;
  const values = [element].flat().map((value) => valueOf(operator, key, value));
  if (name === 'Null' && !quantifier && !ifExists) return { operator, key, holds: isMissing(key, operator, values) };
  if (ELSEWHERE.includes(name)) throw unsupported(`the condition operator ${name} (on ${key})`);
  const known = Object.hasOwn(OPERATORS, name ?? '') ? OPERATORS[name] : undefined;
  if (!known) throw malformed(`Invalid Condition type : ${operator}.`);
  checkValues(known, operator, key, values);

  const fits = (actual: string) => values.some((expected) => known.fits(actual, expected)) !== known.negated;
  return {
    operator,
    key,
    quantifier: quantifier as Condition['quantifier'],
    holds: (context) => {
      const actual = context.get(key);
      if (actual === undefined) {
        if (ifExists || quantifier === 'ForAllValues') return true;
        return known.negated && quantifier === undefined;
      }
      if (quantifier === 'ForAllValues') return [actual].flat().every(fits);
      if (quantifier === 'ForAnyValue') return [actual].flat().some(fits);
      if (typeof actual !== 'string') throw new Error(`${key} has several values: ${operator} on it must begin with ForAnyValue: or ForAllValues:`);
      return fits(actual);
    },
  };
}

function isMissing(key: string, operator: string, values: readonly string[]): Condition['holds'] {
  checkValues(bool, operator, key, values);
  return (context) => values.some((value) => (value.toLowerCase() === 'true') === (context.get(key) === undefined));
}

function valueOf(operator: string, key: string, value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
    throw malformed(`Syntax errors in policy. (${operator} of ${key} must have texts, numbers or booleans, got ${JSON.stringify(value)})`);
  }
  refuseVariables(String(value), `${operator} of ${key}`);
  return String(value);
}

function checkValues({ requires }: Operator, operator: string, key: string, values: readonly string[]): void {
  const wrong = requires && values.find((value) => !requires.test(value));
  if (wrong !== undefined) throw malformed(`Invalid value for ${operator} of ${key}: it must be ${requires!.what}, got ${JSON.stringify(wrong)}`);
}

/** Refuses policy variables. Read as plain text, they would match nothing, and a Deny would not deny. */
export function refuseVariables(value: string, where: string): void {
  const variable = /\$\{[^}]*\}?/.exec(value)?.[0];
  if (variable !== undefined) throw unsupported(`policy variables, and ${where} has ${variable}`);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: string): boolean {
  return value.trim() !== '' && Number.isFinite(Number(value));
}

function isDate(value: string): boolean {
  return Number.isFinite(timeOf(value));
}

/** Milliseconds since 1970. */
function timeOf(value: string): number {
  return isNumber(value) && !/^\d{4}$/.test(value) ? Number(value) * 1_000 : Date.parse(value);
}
