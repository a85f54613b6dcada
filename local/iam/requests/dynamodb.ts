import { eachOnce, listOf, ServiceRequests } from './requests';
import { arn } from '../../core/account';
import type { AuthorizationRequest } from '../registry';

/** What of DynamoDB's state permissions depend on. */
export interface DynamoDbFacts {
  /** The name of the attribute that is the partition key of a table, or of an index of it. */
  partitionKeyOf(tableName: string, indexName?: string): string | undefined;
}

/** Of items that a call names by their key, or writes as a whole. */
const ON_ITEM = ['DeleteItem', 'GetItem', 'PutItem', 'UpdateItem'];
const ON_TABLE = ['CreateTable', 'DeleteTable', 'DescribeTable', 'UpdateTable'];
/** The parts of a transaction, and what each asks for. */
const PARTS: Readonly<Record<string, string>> = { ConditionCheck: 'ConditionCheckItem', Delete: 'DeleteItem', Get: 'GetItem', Put: 'PutItem', Update: 'UpdateItem' };

const EVERY_TABLE = arn('dynamodb', 'table/*');

export function dynamodbRequests(facts: DynamoDbFacts): ServiceRequests {
  /** What a request has of keys: a scan has none. */
  const keysOf = (tableName: unknown, items: readonly unknown[]) => {
    const attribute = facts.partitionKeyOf(nameOf(tableName));
    return { 'dynamodb:LeadingKeys': attribute === undefined ? [] : items.flatMap((item) => valuesOf((item as any)?.[attribute])) };
  };
  const onTables = (action: string, byTable: unknown, itemsOf: (requests: any) => unknown[]) => {
    const tables = Object.entries(byTable ?? {});
    const keys = tables.flatMap(([name, requests]) => keysOf(name, itemsOf(requests))['dynamodb:LeadingKeys']);
    return eachOnce(tables.map(([name]) => tableArn(name)), EVERY_TABLE).map((resource) => ask(action, resource, { 'dynamodb:LeadingKeys': [...new Set(keys)] }));
  };
  /** A transaction has no action of its own. */
  const parts = (otherwise: string, items: unknown): AuthorizationRequest[] => {
    const asked = listOf(items).flatMap((item) => Object.entries<any>(item as object).map(([part, { TableName, Key, Item }]) => (
      ask(Object.hasOwn(PARTS, part) ? PARTS[part] : part, tableArn(TableName), keysOf(TableName, [Key ?? Item]))
    )));
    return asked.length === 0 ? [ask(otherwise, EVERY_TABLE)] : asked;
  };
  return {
    ...Object.fromEntries(ON_TABLE.map((operation) => [operation, ({ input }: { input: any }) => [ask(operation, tableArn(input.TableName))]])),
    ...Object.fromEntries(ON_ITEM.map((operation) => [operation, ({ input: { TableName, Key, Item } }: { input: any }) => [
      ask(operation, tableArn(TableName), keysOf(TableName, [Key ?? Item])),
    ]])),
    Query: ({ input }) => [
      ask('Query', tableOrIndex(input), { 'dynamodb:LeadingKeys': queriedKeys(input, facts.partitionKeyOf(nameOf(input.TableName), input.IndexName)) }),
    ],
    Scan: ({ input }) => [ask('Scan', tableOrIndex(input))],
    BatchGetItem: ({ input }) => onTables('BatchGetItem', input.RequestItems, ({ Keys }) => listOf(Keys)),
    BatchWriteItem: ({ input }) => onTables('BatchWriteItem', input.RequestItems, (writes) => (
      listOf(writes).map(({ PutRequest, DeleteRequest }) => PutRequest?.Item ?? DeleteRequest?.Key)
    )),
    TransactGetItems: ({ input }) => parts('GetItem', input.TransactItems),
    TransactWriteItems: ({ input }) => parts('PutItem', input.TransactItems),
    ListTables: () => [ask('ListTables', '*')],
  };
}

function ask(action: string, resource: string, context?: AuthorizationRequest['context']): AuthorizationRequest {
  return { action: `dynamodb:${action}`, resource, ...context && { context } };
}

/** A query is for one partition: `#pk = :pk`, or the older `KeyConditions`. */
function queriedKeys(query: any, attribute: string | undefined): string[] {
  if (attribute === undefined) return [];
  const { KeyConditionExpression, KeyConditions, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = query;
  if (KeyConditions !== undefined) return listOf(KeyConditions[attribute]?.AttributeValueList).flatMap(valuesOf);
  return [...String(KeyConditionExpression).matchAll(/([#\w.-]+)\s*=\s*(:\w+)/g)]
    .filter(([, name]) => (names?.[name] ?? name) === attribute)
    .flatMap(([, , value]) => valuesOf(values?.[value]));
}

/** Of `{ S: 'a' }`, its text. */
function valuesOf(value: unknown): string[] {
  return Object.values(value ?? {}).map(String);
}

function tableOrIndex({ TableName, IndexName }: any): string {
  return IndexName === undefined ? tableArn(TableName) : `${tableArn(TableName)}/index/${IndexName}`;
}

/** Clients may name a table by its ARN. */
function tableArn(name: unknown): string {
  return String(name).startsWith('arn:') ? String(name) : arn('dynamodb', `table/${name}`);
}

function nameOf(table: unknown): string {
  return String(table).replace(/^arn:.*:table\//, '');
}
