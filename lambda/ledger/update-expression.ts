import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';

/**
 * The expressions of an UpdateItem that sets these members, on condition that others have exactly these values.
 * Every name is a placeholder, because it could be a reserved word.
 * @param within the member that has those to be set; else they are the item's own
 */
export function setAll(
  set: Readonly<Record<string, unknown>>,
  condition: Readonly<Record<string, unknown>>,
  within?: string,
): Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'> {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  if (within !== undefined) names[`#${within}`] = within;
  const equals = (entries: object, prefix: string, path = '') =>
    Object.entries(entries).filter(([, value]) => value !== undefined).map(([member, value]) => {
      names[`#${member}`] = member;
      values[`:${prefix}${member}`] = value;
      return `${path}#${member} = :${prefix}${member}`;
    });

  return {
    UpdateExpression: `SET ${equals(set, 's', within === undefined ? '' : `#${within}.`).join(', ')}`,
    ConditionExpression: equals(condition, 'c').join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: marshall(values, { removeUndefinedValues: true }),
  };
}
