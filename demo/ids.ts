import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';

const COMMAND = /--table-name (\S+) --key-condition-expression "(.*?)" --expression-attribute-values '(.*?)' --query "Items\[\]\.records\.S"/;

/** The ids of a fleet's desktops by user, from its output WorkspaceIds. That is a list in the order of the users; or, for more than 200, a command that lists them. */
export async function idsOf(output: string, users: readonly string[], endpoint: string, region: string): Promise<Map<string, string>> {
  const command = COMMAND.exec(output);
  if (!command) {
    const ids = output.split(',');
    return new Map(users.map((user, i) => [user, ids[i]]));
  }
  const [, TableName, KeyConditionExpression, values] = command;
  const query = { TableName, KeyConditionExpression, ExpressionAttributeValues: JSON.parse(values) };
  const table = new DynamoDBClient({ region, endpoint, credentials: { accessKeyId: 'demo', secretAccessKey: 'demo' } });
  try {
    const ids = new Map<string, string>();
    let ExclusiveStartKey: QueryCommand['input']['ExclusiveStartKey'];
    do {
      const page = await table.send(new QueryCommand({ ...query, ExclusiveStartKey }));
      for (const { records } of page.Items ?? []) for (const { userName, id } of JSON.parse(records.S!)) ids.set(userName, id ?? '');
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey);
    return ids;
  } finally {
    table.destroy();
  }
}
