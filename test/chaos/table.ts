import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';

type Value = Readonly<Record<string, any>>;
type Item = Readonly<Record<string, Value>>;

interface Expressions {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
}

/** The condition of a write does not hold. */
export class ConditionFailed extends Error {}

const KNOWN_MEMBERS = [
  'TableName', 'Key', 'Item', 'ConsistentRead', 'ReturnValues', 'ConditionExpression', 'UpdateExpression', 'KeyConditionExpression',
  'ExpressionAttributeNames', 'ExpressionAttributeValues', 'ExclusiveStartKey',
];

/**
 * As much of DynamoDB as the ledger asks for, in memory and in no time: tens of thousands of calls a second, where a server takes hundreds.
 * What it does not know it refuses. That the ledger's calls mean the same to DynamoDB is what `test/lambda` shows, over dynalite.
 */
export class Table {
  private readonly items = new Map<string, Item>();

  /** In the order of their keys. */
  rows(): Item[] {
    return [...this.items].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  }

  remove(which: (item: Item) => boolean): void {
    for (const [key, item] of this.items) if (which(item)) this.items.delete(key);
  }

  handle(operation: string, input: any): object {
    const unknown = Object.entries(input).find(([member, value]) => value !== undefined && !KNOWN_MEMBERS.includes(member));
    if (unknown) throw new Error(`the table in memory does not know ${unknown[0]} of ${operation}`);
    switch (operation) {
      case 'GetItem': return { Item: this.items.get(keyOf(input.Key)) };
      case 'PutItem': return this.put(input);
      case 'UpdateItem': return this.update(input);
      case 'DeleteItem': return this.delete(input);
      case 'Query': return { Items: this.rows().filter((item) => holds(input.KeyConditionExpression, item, input)) };
      default: throw new Error(`the table in memory does not have ${operation}`);
    }
  }

  private put(input: any): object {
    const key = keyOf(input.Item);
    this.check(input, this.items.get(key));
    this.items.set(key, structuredClone(input.Item));
    return {};
  }

  private update(input: any): object {
    const key = keyOf(input.Key);
    const before = this.items.get(key);
    this.check(input, before);
    const after = updated(input.UpdateExpression, before ?? input.Key, input);
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

  private check(input: any, item: Item | undefined): void {
    if (input.ConditionExpression !== undefined && !holds(input.ConditionExpression, item ?? {}, input)) throw new ConditionFailed();
  }
}

function keyOf(item: Item): string {
  return `${item[PK].S}\n${item[SK].S}`;
}

/** An expression as words, with the names and values that it stands for. */
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
    return this.next().split('.').map((part) => (part.startsWith('#') ? this.names[part] ?? this.unknown(part) : part));
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
  if (!left || !right) return false;
  const [type] = Object.keys(left);
  if (type !== Object.keys(right)[0]) return comparison === '<>';
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
        after = withValue(after, path, words.operand(item));
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
    if (!item[first]?.M) throw new Error(`there is no map ${first} to set ${rest.join('.')} of`);
    return { ...item, [first]: { M: withValue(item[first].M, rest, value) } };
  }
  const { [first]: _, ...others } = item;
  return value === undefined ? others : { ...others, [first]: value };
}
