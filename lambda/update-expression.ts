import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

interface Extras {
  /** Numbers to add to members. */
  readonly add?: Readonly<Record<string, number | undefined>>;
  /** Members that must have exactly these values. */
  readonly condition?: Readonly<Record<string, unknown>>;
}

/** The expressions of an UpdateItem that sets these members; every name is a placeholder, so none can be a reserved word. */
export function setAll(
  set: Readonly<Record<string, unknown>>,
  { add = {}, condition = {} }: Extras,
): Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'> {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const clauses = (entries: object, prefix: string, clause: (name: string, value: string) => string) =>
    Object.entries(entries).filter(([, value]) => value !== undefined).map(([member, value]) => {
      names[`#${member}`] = member;
      values[`:${prefix}${member}`] = value;
      return clause(`#${member}`, `:${prefix}${member}`);
    });

  const sets = clauses(set, 's', (name, value) => `${name} = ${value}`);
  const adds = clauses(add, 'a', (name, value) => `${name} ${value}`);
  const conditions = clauses(condition, 'c', (name, value) => `${name} = ${value}`);
  return {
    UpdateExpression: [sets.length > 0 ? `SET ${sets.join(', ')}` : '', adds.length > 0 ? `ADD ${adds.join(', ')}` : ''].join(' ').trim(),
    ConditionExpression: conditions.length > 0 ? conditions.join(' AND ') : undefined,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }),
  };
}
