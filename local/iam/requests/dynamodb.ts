import { eachOnce, listOf, ServiceRequests } from './requests';
import { arn } from '../../core/account';
import type { AuthorizationRequest } from '../registry';

const ON_TABLE = [
  'CreateTable', 'DeleteItem', 'DeleteTable', 'DescribeTable', 'GetItem', 'PutItem', 'UpdateItem', 'UpdateTable',
];
const ON_TABLE_OR_INDEX = ['Query', 'Scan'];
/** The parts of a transaction, and the permission that each needs. */
const PARTS: Readonly<Record<string, string>> = { ConditionCheck: 'ConditionCheckItem', Delete: 'DeleteItem', Get: 'GetItem', Put: 'PutItem', Update: 'UpdateItem' };

const EVERY_TABLE = arn('dynamodb', 'table/*');

export function dynamodbRequests(): ServiceRequests {
  return {
    ...Object.fromEntries(ON_TABLE.map((operation) => [operation, ({ input }: { input: any }) => [ask(operation, tableArn(input.TableName))]])),
    ...Object.fromEntries(ON_TABLE_OR_INDEX.map((operation) => [operation, ({ input: { TableName, IndexName } }: { input: any }) => [
      ask(operation, IndexName === undefined ? tableArn(TableName) : `${tableArn(TableName)}/index/${IndexName}`),
    ]])),
    BatchGetItem: ({ input }) => onTables('BatchGetItem', Object.keys(input.RequestItems ?? {})),
    BatchWriteItem: ({ input }) => onTables('BatchWriteItem', Object.keys(input.RequestItems ?? {})),
    TransactGetItems: ({ input }) => parts('GetItem', input.TransactItems),
    TransactWriteItems: ({ input }) => parts('PutItem', input.TransactItems),
    ListTables: () => [ask('ListTables', '*')],
  };
}

function ask(action: string, resource: string): AuthorizationRequest {
  return { action: `dynamodb:${action}`, resource };
}

function onTables(action: string, names: readonly string[]): AuthorizationRequest[] {
  return eachOnce(names.map(tableArn), EVERY_TABLE).map((resource) => ask(action, resource));
}

/** A transaction needs no permission of its own, only those of its parts. */
function parts(otherwise: string, items: unknown): AuthorizationRequest[] {
  const asked = listOf(items).flatMap((item) => Object.entries(item as object).map(([part, details]) => (
    ask(Object.hasOwn(PARTS, part) ? PARTS[part] : part, tableArn((details as { TableName?: string }).TableName))
  )));
  return asked.length === 0 ? [ask(otherwise, EVERY_TABLE)] : asked;
}

/** Clients may name a table by its ARN. */
function tableArn(name: unknown): string {
  return String(name).startsWith('arn:') ? String(name) : arn('dynamodb', `table/${name}`);
}
