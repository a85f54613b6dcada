import { ServiceError } from '../../local/core/service';
import { requireLimits } from '../../local/dynamodb-limits';
import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';

type Value = Readonly<Record<string, any>>;
type Item = Readonly<Record<string, Value>>;

interface Expressions {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
}

const KNOWN_MEMBERS = [
  'TableName', 'Key', 'Item', 'ConsistentRead', 'ReturnValues', 'ConditionExpression', 'UpdateExpression', 'KeyConditionExpression',
  'ExpressionAttributeNames', 'ExpressionAttributeValues', 'ExclusiveStartKey',
];

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html */
const LARGEST_ITEM = 400 * 1_024;
const LARGEST_PAGE = 1_024 * 1_024;
const LONGEST_PARTITION_KEY = 2_048;
const LONGEST_SORT_KEY = 1_024;

/**
 * The part of DynamoDB that the ledger and the lease use, in memory. It takes tens of thousands of calls a second, while a server takes
 * hundreds. It refuses what it does not know. `table.test.ts` compares it with dynalite.
 */
export class Table {
  private readonly items = new Map<string, Item>();

  /** The items, in the order of their keys. */
  rows(): Item[] {
    return [...this.items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }

  remove(which: (item: Item) => boolean): void {
    for (const [key, item] of this.items) if (which(item)) this.items.delete(key);
  }

  handle(operation: string, input: any): object {
    const unknown = Object.entries(input).find(([member, value]) => value !== undefined && !KNOWN_MEMBERS.includes(member));
    if (unknown) throw new Error(`the table in memory does not know ${unknown[0]} of ${operation}`);
    requireUse(input);
    requireLimits(input);
    switch (operation) {
      case 'GetItem': return { Item: this.items.get(keyOf(input.Key)) };
      case 'PutItem': return this.put(input);
      case 'UpdateItem': return this.update(input);
      case 'DeleteItem': return this.delete(input);
      case 'Query': return this.page((item) => holds(input.KeyConditionExpression, item, input), input.ExclusiveStartKey);
      case 'Scan': return this.page(() => true, input.ExclusiveStartKey);
      default: throw new Error(`the table in memory does not have ${operation}`);
    }
  }

  private put(input: any): object {
    const key = keyOf(input.Item);
    requireSize(input.Item, 'Item size has exceeded the maximum allowed size');
    this.check(input, this.items.get(key));
    this.items.set(key, structuredClone(input.Item));
    return {};
  }

  private update(input: any): object {
    const key = keyOf(input.Key);
    const before = this.items.get(key);
    requireNoKey(input);
    this.check(input, before);
    const after = updated(input.UpdateExpression, before ?? input.Key, input);
    requireSize(after, 'Item size to update has exceeded the maximum allowed size');
    this.items.set(key, after);
    switch (input.ReturnValues ?? 'NONE') {
      case 'NONE': return {};
      case 'ALL_OLD': return { Attributes: before };
      case 'ALL_NEW': return { Attributes: after };
      default: throw new Error(`the table in memory does not return ${input.ReturnValues}`);
    }
  }

  private delete(input: any): object {
    const key = keyOf(input.Key);
    this.check(input, this.items.get(key));
    this.items.delete(key);
    return {};
  }

  private page(which: (item: Item) => boolean, startKey?: Item): object {
    const rest = this.rows().filter((item) => (!startKey || keyOf(item) > keyOf(startKey)) && which(item));
    let size = 0;
    const end = rest.findIndex((item) => (size += sizeOfItem(item)) >= LARGEST_PAGE);
    if (end < 0) return { Items: rest };
    const { [PK]: pk, [SK]: sk } = rest[end];
    return { Items: rest.slice(0, end + 1), LastEvaluatedKey: { [PK]: pk, [SK]: sk } };
  }

  private check(input: any, item: Item | undefined): void {
    if (input.ConditionExpression !== undefined && !holds(input.ConditionExpression, item ?? {}, input)) {
      throw new ServiceError('ConditionalCheckFailedException', 'The conditional request failed');
    }
  }
}

/** Refuses names and values that no expression uses. */
function requireUse(input: any): void {
  const expressions = [input.ConditionExpression, input.UpdateExpression, input.KeyConditionExpression].join(' ');
  const words = new Set(expressions.match(/[#:]\w+/g) ?? []);
  for (const member of ['ExpressionAttributeNames', 'ExpressionAttributeValues']) {
    const unused = Object.keys(input[member] ?? {}).filter((each) => !words.has(each));
    if (unused.length > 0) throw invalid(`Value provided in ${member} unused in expressions: keys: {${unused.join(', ')}}`);
  }
}

function requireNoKey({ UpdateExpression, ExpressionAttributeNames: names = {} }: any): void {
  const keys = (UpdateExpression.match(/#\w+/g) ?? []).filter((name: string) => [PK, SK].includes(names[name]));
  if (keys.length > 0) throw invalid(`Cannot update attribute ${names[keys[0]]}. This attribute is part of the key`);
}

function requireSize(item: Item, message: string): void {
  if (sizeOfItem(item) > LARGEST_ITEM) throw invalid(message);
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html */
function sizeOfItem(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value), 0);
}

function sizeOf(value: Value): number {
  const [[type, content]] = Object.entries(value);
  switch (type) {
    case 'S': return Buffer.byteLength(content);
    case 'N': return sizeOfNumber(Number(content));
    case 'BOOL': case 'NULL': return 1;
    case 'L': return content.reduce((sum: number, each: Value) => sum + 1 + sizeOf(each), 3);
    case 'M': return 3 + Object.keys(content).length + sizeOfItem(content);
    default: throw new Error(`the table in memory does not have the type ${type}`);
  }
}

/** Two digits in a byte, without zeros at either end. */
function sizeOfNumber(number: number): number {
  if (number === 0) return 1;
  const [digits, exponent] = Math.abs(number).toExponential().replace('.', '').split('e');
  const pairs = Math.ceil(digits.length / 2) + (digits.length % 2 === 0 && Number(exponent) % 2 === 0 ? 1 : 0);
  return 1 + pairs + (number < 0 ? 1 : 0);
}

function invalid(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

function keyOf(item: Item): string {
  for (const [name, what, most] of [[PK, 'hashkey', LONGEST_PARTITION_KEY], [SK, 'rangekey', LONGEST_SORT_KEY]] as const) {
    if (Buffer.byteLength(item[name].S) > most) throw invalid(`One or more parameter values were invalid: Size of ${what} has exceeded the maximum size limit of${most} bytes`);
  }
  return `${item[PK].S}\n${item[SK].S}`;
}

/** An expression as a list of words, with its names and values filled in. */
class Words {
  private readonly words: string[];
  private at = 0;

  constructor(private readonly text: string, private readonly names: Readonly<Record<string, string>>, private readonly values: Item) {
    this.words = text.match(/<>|<=|>=|[#:]?[\w.#]+|[(),=<>+-]/g) ?? [];
  }

  get isEnd(): boolean {
    return this.at >= this.words.length;
  }

  take(...expected: string[]): boolean {
    if (this.isEnd || !expected.includes(this.words[this.at].toUpperCase())) return false;
    this.at += 1;
    return true;
  }

  require(...expected: string[]): void {
    if (!this.take(...expected)) throw new Error(`the table in memory expected ${expected.join(' or ')} at word ${this.at} of ${this.text}`);
  }

  next(): string {
    if (this.isEnd) throw new Error(`the table in memory expected more after ${this.text}`);
    return this.words[this.at++];
  }

  path(): string[] {
    return this.next().split('.').map((part) => this.names[part] ?? this.unknown(part));
  }

  operand(item: Item): Value | undefined {
    const word = this.words[this.at];
    if (!word?.startsWith(':')) return valueAt(item, this.path());
    this.at += 1;
    return this.values[word] ?? this.unknown(word);
  }

  private unknown(word: string): never {
    throw new Error(`${word} in ${this.text} stands for nothing`);
  }
}

function wordsOf(text: string, { ExpressionAttributeNames = {}, ExpressionAttributeValues = {} }: Expressions): Words {
  return new Words(text, ExpressionAttributeNames, ExpressionAttributeValues);
}

function holds(text: string, item: Item, input: Expressions): boolean {
  const words = wordsOf(text, input);
  const result = either(words, item);
  if (!words.isEnd) throw new Error(`the table in memory does not understand the end of ${text}`);
  return result;
}

function either(words: Words, item: Item): boolean {
  let result = both(words, item);
  while (words.take('OR')) result = both(words, item) || result;
  return result;
}

function both(words: Words, item: Item): boolean {
  let result = one(words, item);
  while (words.take('AND')) result = one(words, item) && result;
  return result;
}

function one(words: Words, item: Item): boolean {
  if (words.take('NOT')) return !one(words, item);
  if (words.take('(')) {
    const result = either(words, item);
    words.require(')');
    return result;
  }
  for (const [name, isAsked] of [['ATTRIBUTE_NOT_EXISTS', false], ['ATTRIBUTE_EXISTS', true]] as const) {
    if (!words.take(name)) continue;
    words.require('(');
    const exists = valueAt(item, words.path()) !== undefined;
    words.require(')');
    return exists === isAsked;
  }
  if (words.take('BEGINS_WITH')) {
    words.require('(');
    const whole = words.operand(item);
    words.require(',');
    const start = words.operand(item);
    words.require(')');
    return typeof whole?.S === 'string' && whole.S.startsWith(start!.S);
  }
  const left = words.operand(item);
  const comparison = words.next();
  return compares(left, comparison, words.operand(item));
}

function compares(left: Value | undefined, comparison: string, right: Value | undefined): boolean {
  const [type, other] = [left, right].map((value) => Object.keys(value ?? {})[0]);
  if (!left || !right || type !== other) return comparison === '<>' && type !== other;
  if (!['S', 'N', 'BOOL'].includes(type)) throw new Error(`the table in memory does not compare the type ${type}`);
  const [a, b] = type === 'N' ? [Number(left.N), Number(right.N)] : [left[type], right[type]];
  switch (comparison) {
    case '=': return a === b;
    case '<>': return a !== b;
    case '<': return a < b;
    case '<=': return a <= b;
    case '>': return a > b;
    case '>=': return a >= b;
    default: throw new Error(`the table in memory does not compare by ${comparison}`);
  }
}

function updated(text: string, item: Item, input: Expressions): Item {
  const words = wordsOf(text, input);
  let after = structuredClone(item) as Item;
  while (!words.isEnd) {
    if (words.take('SET')) {
      do {
        const path = words.path();
        words.require('=');
        const value = words.operand(item);
        if (!value) throw invalid('The provided expression refers to an attribute that does not exist in the item');
        after = withValue(after, path, value);
      } while (words.take(','));
    } else {
      words.require('REMOVE');
      do after = withValue(after, words.path(), undefined); while (words.take(','));
    }
  }
  return after;
}

function valueAt(item: Item, [first, ...rest]: readonly string[]): Value | undefined {
  const value = item[first];
  return rest.length === 0 || value === undefined ? value : valueAt(value.M ?? {}, rest);
}

function withValue(item: Item, [first, ...rest]: readonly string[], value: Value | undefined): Item {
  if (rest.length > 0) {
    if (!item[first]?.M) throw invalid('The document path provided in the update expression is invalid for update');
    return { ...item, [first]: { M: withValue(item[first].M, rest, value) } };
  }
  const { [first]: _, ...others } = item;
  return value === undefined ? others : { ...others, [first]: value };
}
