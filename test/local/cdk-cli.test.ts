import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LocalCloud } from '../../local/cloud';

const REPOSITORY = resolve(__dirname, '..', '..');

const APP = `
const { App, CustomResource, Stack, CfnOutput, Duration, RemovalPolicy } = require('aws-cdk-lib');
const lambda = require('aws-cdk-lib/aws-lambda');
const dynamodb = require('aws-cdk-lib/aws-dynamodb');
const { Provider } = require('aws-cdk-lib/custom-resources');

const app = new App();
const stack = new Stack(app, 'Demo');
const table = new dynamodb.Table(stack, 'Table', {
  partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
  billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
  removalPolicy: RemovalPolicy.DESTROY,
});
const handler = (name) => new lambda.Function(stack, name, {
  code: lambda.Code.fromAsset(process.env.HANDLER_FOLDER),
  handler: 'index.' + name,
  runtime: lambda.Runtime.NODEJS_22_X,
  environment: { TABLE: table.tableName },
});
const onEventHandler = handler('onEvent');
const isCompleteHandler = handler('isComplete');
table.grantReadWriteData(onEventHandler);
table.grantReadWriteData(isCompleteHandler);
const provider = new Provider(stack, 'Provider', {
  onEventHandler, isCompleteHandler, queryInterval: Duration.seconds(1), totalTimeout: Duration.seconds(30),
});
const resource = new CustomResource(stack, 'Resource', {
  serviceToken: provider.serviceToken,
  resourceType: 'Custom::Thing',
  properties: { Size: Number(process.env.SIZE), Fails: process.env.FAILS ?? 'no' },
});
new CfnOutput(stack, 'Ref', { value: resource.ref });
new CfnOutput(stack, 'Polls', { value: resource.getAttString('Polls') });
`;

/** Counts its polls in a table, and is complete at the third. */
const HANDLER = `
const { DynamoDBClient, UpdateItemCommand } = require('@aws-sdk/client-dynamodb');
const client = new DynamoDBClient({});

exports.onEvent = async (event) => ({ PhysicalResourceId: 'thing-' + event.LogicalResourceId });

exports.isComplete = async (event) => {
  if (event.RequestType === 'Delete') return { IsComplete: true };
  if (event.ResourceProperties.Fails === 'yes') throw new Error('asked to fail');
  const { Attributes } = await client.send(new UpdateItemCommand({
    TableName: process.env.TABLE,
    Key: { id: { S: 'polls of size ' + event.ResourceProperties.Size } },
    UpdateExpression: 'ADD polls :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ReturnValues: 'ALL_NEW',
  }));
  const polls = Number(Attributes.polls.N);
  return polls < 3 ? { IsComplete: false } : { IsComplete: true, Data: { Polls: String(polls) } };
};
`;

describe('the real cdk CLI', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-cli-test-'));
  const cloud = new LocalCloud({ logDirectory: join(folder, 'logs') });

  beforeAll(async () => {
    mkdirSync(join(folder, 'handler'));
    writeFileSync(join(folder, 'handler', 'index.js'), HANDLER);
    writeFileSync(join(folder, 'app.js'), APP);
    await cloud.start();
  });
  afterAll(async () => {
    await cloud.stop();
    rmSync(folder, { recursive: true });
  });

  function cdk(command: string[], variables: Record<string, string> = {}): Promise<{ code: number | null; output: string }> {
    const started = Date.now();
    const child = spawn(process.execPath, [join(REPOSITORY, 'node_modules', 'aws-cdk', 'bin', 'cdk'), ...command], {
      cwd: folder,
      env: {
        ...process.env,
        CI: '1',
        NO_COLOR: '1',
        ...cloud.environment,
        NODE_PATH: join(REPOSITORY, 'node_modules'),
        HANDLER_FOLDER: join(folder, 'handler'),
        SIZE: '1',
        ...variables,
      },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += chunk; });
    return new Promise((done) => child.on('close', (code) => done({ code, output: `${output}\n(${Date.now() - started} ms)` })));
  }

  const deploy = (variables?: Record<string, string>) =>
    cdk(['deploy', '--app', `node ${join(folder, 'app.js')}`, '--require-approval', 'never', '--outputs-file', join(folder, 'outputs.json')], variables);
  const outputs = () => JSON.parse(readFileSync(join(folder, 'outputs.json'), 'utf8')) as object;
  const statusOf = (name: string) => cloud.cloudformation.stacks.get(name).status;

  test('deploys, finds no changes, updates, rolls back, and destroys', async () => {
    const created = await deploy();
    expect(created.output).toContain('✅  Demo');
    expect(outputs()).toEqual({ Demo: { Ref: 'thing-Resource', Polls: '3' } });
    expect(cloud.lambda.names).toHaveLength(5);

    const again = await deploy();
    expect(again.output).toContain('Demo (no changes)');

    const updated = await deploy({ SIZE: '2' });
    expect(updated.code).toBe(0);
    expect(statusOf('Demo')).toBe('UPDATE_COMPLETE');

    const failed = await deploy({ SIZE: '3', FAILS: 'yes' });
    expect(failed.code).toBe(1);
    expect(failed.output).toContain('asked to fail');
    expect(statusOf('Demo')).toBe('UPDATE_ROLLBACK_COMPLETE');

    const destroyed = await cdk(['destroy', '--app', `node ${join(folder, 'app.js')}`, '--force']);
    expect(destroyed.output).toContain('Demo: destroyed');
    expect(cloud.cloudformation.stacks.find('Demo')).toBeUndefined();
    expect(cloud.lambda.names).toEqual([]);
    expect(cloud.responseUrls.ignored).toEqual([]);
  }, 300_000);
});
