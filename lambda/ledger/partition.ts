import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { FleetKey } from './rows';
import { TABLE_PARTITION_KEY as PK, TABLE_SORT_KEY as SK } from '../../src/private/contract';
import { named } from '../aws/errors';

// All items of a fleet are in one partition of the table.

export function partition(key: FleetKey): string {
  return `fleet#${key.fleetId}#${key.directoryId}`;
}

/** The items of a fleet whose sort keys begin with `prefix`, in the order of these keys. */
export async function itemsOf(client: DynamoDBClient, tableName: string, key: FleetKey, prefix: string): Promise<Record<string, any>[]> {
  const items: Record<string, any>[] = [];
  let from: QueryCommand['input']['ExclusiveStartKey'];
  do {
    const page = await named('dynamodb:Query', () => client.send(new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
      ExpressionAttributeNames: { '#pk': PK, '#sk': SK },
      ExpressionAttributeValues: marshall({ ':pk': partition(key), ':prefix': prefix }),
      ConsistentRead: true,
      ExclusiveStartKey: from,
    })));
    items.push(...(page.Items ?? []).map((each) => unmarshall(each)));
    from = page.LastEvaluatedKey;
  } while (from);
  return items;
}
