import { ContinueUpdateRollbackCommand, CreateChangeSetCommand, DescribeChangeSetCommand, ExecuteChangeSetCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { custom, FUNCTION_ARN, Stacks, stacksOfStartedCloud } from './stacks';

const stacks = stacksOfStartedCloud(20);
const { cloud } = stacks;

describe('create', () => {
  test('sends CloudFormation\'s event, and uses the answer', async () => {
    const stack = await stacks.create('Create', { A: custom({ Count: 3, Nested: { List: [true, { Deep: 1.5 }] }, Answer: 'forty-two' }) }, {
      Outputs: { Ref: { Value: { Ref: 'A' } }, Answer: { Value: { 'Fn::GetAtt': ['A', 'Answer'] } } },
    });
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(stack.Outputs!.map(({ OutputValue }) => OutputValue)).toEqual(['id-of-A', 'forty-two']);
    expect(stacks.events()).toEqual([{
      RequestType: 'Create',
      ServiceToken: FUNCTION_ARN,
      ResponseURL: expect.any(Number),
      StackId: stack.StackId,
      RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      LogicalResourceId: 'A',
      ResourceType: 'Custom::Thing',
      ResourceProperties: { ServiceToken: FUNCTION_ARN, Count: '3', Nested: { List: ['true', { Deep: '1.5' }] }, Answer: 'forty-two' },
    }]);
  });

  test('makes independent resources at the same time, and dependent ones after another', async () => {
    await stacks.create('Order', {
      Last: custom({}, { DependsOn: 'Middle' }),
      Middle: custom({ Uses: { 'Fn::Sub': '${First1}-${First2.Answer}' } }),
      First1: custom({ Create: 'slow' }),
      First2: custom({ Answer: 'two' }),
    });
    const events = stacks.events();
    expect(events.map(({ LogicalResourceId }) => LogicalResourceId).slice(2)).toEqual(['Middle', 'Last']);
    expect(events[2].ResourceProperties.Uses).toBe('id-of-First1-two');

    await stacks.delete('Order');
    const deletions = stacks.events().map(({ LogicalResourceId }) => LogicalResourceId);
    expect(deletions.slice(0, 2)).toEqual(['Last', 'Middle']);
    expect(deletions.slice(2).sort()).toEqual(['First1', 'First2']);
  });

  test('rolls back what failed, and what was made before', async () => {
    const stack = await stacks.create('Failing', { A: custom(), B: custom({ Create: 'fail', Uses: { Ref: 'A' } }) });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(stacks.requests()).toEqual(['Create A', 'Create B', 'Delete B as id-of-B', 'Delete A as id-of-A']);
    expect(await stacks.endings('Failing')).toEqual([
      'A CREATE_COMPLETE',
      expect.stringMatching(/^B CREATE_FAILED: Received response status \[FAILED\] from custom resource. Message returned: told to fail/),
      'B DELETE_COMPLETE',
      'A DELETE_COMPLETE',
    ]);
    await expect(stacks.update('Failing', { A: custom() })).rejects.toThrow(/is in ROLLBACK_COMPLETE state and can not be updated/);
    expect((await stacks.delete('Failing')).StackStatus).toBe('DELETE_COMPLETE');
    expect(stacks.requests()).toEqual([]);
  });

  test('stops waiting when another resource has failed, and invents a physical id', async () => {
    const stack = await stacks.create('Cancelling', { Waits: custom({ Create: 'late' }), Fails: custom({ Create: 'fail' }) });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await stacks.endings('Cancelling')).toContain('Waits CREATE_FAILED: Resource creation cancelled');
    expect(stacks.requests()).toContainEqual(expect.stringMatching(/^Delete Waits as Cancelling-Waits-[0-9A-F]{12}$/));
    for (let i = 0; i < 100 && cloud.responseUrls.ignored.length === 0; i++) await new Promise((done) => setTimeout(done, 100));
    expect(cloud.responseUrls.ignored).toEqual([expect.objectContaining({ why: 'late', body: expect.stringContaining('"id-of-Waits"') })]);
  });

  test('gives up after ServiceTimeout', async () => {
    const started = cloud.clock.now();
    const stack = await stacks.create('Silent', { A: custom({ Create: 'silent', ServiceTimeout: 30 }) });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((cloud.clock.now() - started) / 1_000).toBeGreaterThan(30);
    expect((await stacks.endings('Silent'))[0]).toMatch(/CREATE_FAILED: CloudFormation did not receive a response from your Custom Resource/);
    expect(stacks.requests()[1]).toMatch(/^Delete A as Silent-A-[0-9A-F]{12}$/);
  });

  test('refuses an answer of more than 4096 bytes', async () => {
    await stacks.create('Long', { A: custom({ Create: 'long' }) });
    expect((await stacks.endings('Long'))[0]).toBe('A CREATE_FAILED: Response object is too long.');
  });

  test('fails when an output needs an attribute that the resource does not have', async () => {
    const stack = await stacks.create('NoData', { A: custom() }, { Outputs: { X: { Value: { 'Fn::GetAtt': ['A', 'Other'] } } } });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(stacks.requests()).toEqual(['Create A', 'Delete A as id-of-A']);
  });

  test.each([
    ['a resource type', { A: { Type: 'AWS::EC2::Instance' } }, /Unrecognized resource types: \[AWS::EC2::Instance\]/],
    ['an intrinsic function', { A: custom({ X: { 'Fn::GetAZs': '' } }) }, /resource A uses Fn::GetAZs/],
    ['an attribute of a resource', { A: custom({}, { CreationPolicy: {} }) }, /resource A has CreationPolicy/],
    ['a reference to nothing', { A: custom({ X: { Ref: 'B' } }) }, /Unresolved resource dependencies \[B\]/],
    ['a cycle', { A: custom({ X: { Ref: 'B' } }), B: custom({ X: { Ref: 'A' } }) }, /Circular dependency between resources: \[A, B\]/],
  ])('refuses %s', async (_what, resources, message) => {
    await expect(stacks.create('Refused', resources)).rejects.toThrow(message);
    await expect(stacks.describe('Refused')).rejects.toThrow('Stack with id Refused does not exist');
  });
});

describe('update', () => {
  test('sends nothing to a resource that has not changed', async () => {
    await stacks.create('Update', { A: custom({ Size: 1 }), B: custom({ Uses: { Ref: 'A' } }) });
    stacks.events();
    await expect(stacks.update('Update', { A: custom({ Size: 1 }), B: custom({ Uses: { Ref: 'A' } }) })).rejects.toThrow('No updates are to be performed.');

    await stacks.update('Update', { A: custom({ Size: 2 }), B: custom({ Uses: { Ref: 'A' } }) });
    const events = stacks.events();
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      RequestType: 'Update',
      PhysicalResourceId: 'id-of-A',
      ResourceProperties: { Size: '2' },
      OldResourceProperties: { Size: '1' },
    });
  });

  test('deletes at its end what was replaced or removed', async () => {
    await stacks.create('Replace', { A: custom({ Id: 'one' }), Removed: custom(), B: custom({ Uses: { Ref: 'A' } }) });
    stacks.events();
    const stack = await stacks.update('Replace', { A: custom({ Id: 'two' }), B: custom({ Uses: { Ref: 'A' } }) });
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
    expect(stacks.requests()).toEqual(['Update A as one', 'Update B as id-of-B', 'Delete A as one', 'Delete Removed as id-of-Removed']);
  });

  test('does not fail because a replaced resource cannot be deleted', async () => {
    await stacks.create('Cleanup', { A: custom({ Id: 'one', Delete: 'fail' }) });
    const stack = await stacks.update('Cleanup', { A: custom({ Id: 'two' }) });
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
  });

  test('rolls back after a failure, with old and new properties swapped', async () => {
    await stacks.create('Rollback', { A: custom({ Size: 1, Update: 'slow' }) });
    stacks.events();
    const { StackId } = await stacks.describe('Rollback');
    const seen = new Set<string>();
    const update = stacks.update('Rollback', { A: custom({ Size: 2, Update: 'fail' }), New: custom({}, { DeletionPolicy: 'RetainExceptOnCreate' }) });
    await stacks.settled(StackId!, ({ StackStatus }) => seen.add(StackStatus!));
    await update;
    await stacks.settled(StackId!, ({ StackStatus }) => seen.add(StackStatus!));
    expect(seen).toContain('UPDATE_ROLLBACK_IN_PROGRESS');
    expect((await stacks.describe('Rollback')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    const events = stacks.events();
    expect(events.filter(({ LogicalResourceId }) => LogicalResourceId === 'A').map(({ ResourceProperties, OldResourceProperties }) => (
      [OldResourceProperties!.Size, ResourceProperties.Size]
    ))).toEqual([['1', '2'], ['2', '1']]);
    expect(events.filter(({ LogicalResourceId }) => LogicalResourceId === 'New').map(({ RequestType }) => RequestType)).toEqual(['Create', 'Delete']);

    const again = await stacks.update('Rollback', { A: custom({ Size: 3 }) });
    expect(again.StackStatus).toBe('UPDATE_COMPLETE');
    expect(stacks.events()[0]).toMatchObject({ OldResourceProperties: { Size: '1' }, ResourceProperties: { Size: '3' } });
  });

  test('undoes a replacement', async () => {
    await stacks.create('Unreplace', { A: custom({ Id: 'one' }), B: custom({ Size: 1 }) });
    stacks.events();
    const stack = await stacks.update('Unreplace', { A: custom({ Id: 'two' }), B: custom({ Size: 2, Update: 'fail' }, { DependsOn: 'A' }) });
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    const requests = stacks.requests();
    expect(requests.slice(0, 2)).toEqual(['Update A as one', 'Update B as id-of-B']);
    expect(requests.slice(2, 4).sort()).toEqual(['Update A as two', 'Update B as id-of-B']);
    expect(requests.slice(4)).toEqual(['Delete A as two']);
  });

  test('can be rolled back later if its rollback failed', async () => {
    await stacks.create('Stuck', { A: custom({ Size: 1, Update: 'fail' }) });
    const stack = await stacks.update('Stuck', { A: custom({ Size: 2, Update: 'fail' }) });
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    await expect(stacks.update('Stuck', { A: custom({ Size: 3 }) })).rejects.toThrow(/UPDATE_ROLLBACK_FAILED/);

    await stacks.client.send(new ContinueUpdateRollbackCommand({ StackName: 'Stuck' }));
    expect((await stacks.settled('Stuck')).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
    await stacks.client.send(new ContinueUpdateRollbackCommand({ StackName: 'Stuck', ResourcesToSkip: ['A'] }));
    expect((await stacks.settled('Stuck')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  });
});

describe('what is kept', () => {
  test('RetainExceptOnCreate keeps a resource that leaves the stack, but not one whose creation is rolled back', async () => {
    const policy = { DeletionPolicy: 'RetainExceptOnCreate' };
    await stacks.create('Keep', { A: custom({}, policy), B: custom() });
    stacks.events();
    await stacks.update('Keep', { B: custom() });
    expect(await stacks.endings('Keep')).toContain('A DELETE_SKIPPED');
    expect(stacks.requests()).toEqual([]);

    await stacks.create('KeepFailing', { A: custom({}, policy), B: custom({ Create: 'fail' }, { DependsOn: 'A' }) });
    expect(stacks.requests()).toContain('Delete A as id-of-A');
  });

  test('Retain keeps it always', async () => {
    await stacks.create('Retain', { A: custom({}, { DeletionPolicy: 'Retain' }), B: custom({ Create: 'fail' }, { DependsOn: 'A' }) });
    expect(stacks.requests()).toEqual(['Create A', 'Create B', 'Delete B as id-of-B']);
  });

  test('UpdateReplacePolicy keeps what was replaced', async () => {
    await stacks.create('Old', { A: custom({ Id: 'one' }) });
    stacks.events();
    await stacks.update('Old', { A: custom({ Id: 'two' }, { UpdateReplacePolicy: 'Retain' }) });
    expect(stacks.requests()).toEqual(['Update A as one']);
  });
});

describe('delete', () => {
  test('fails when a resource does, and can be tried again', async () => {
    await stacks.create('Undeletable', { A: custom(), B: custom({ Delete: 'fail', Uses: { Ref: 'A' } }) });
    stacks.events();
    const stack = await stacks.delete('Undeletable');
    expect(stack.StackStatus).toBe('DELETE_FAILED');
    expect(stack.StackStatusReason).toContain('[B]');
    await stacks.delete('Undeletable');
    expect(stacks.requests()).toEqual(['Delete B as id-of-B', 'Delete B as id-of-B']);
  });

  test('is refused while another stack imports an export', async () => {
    await stacks.create('Exporter', { A: custom() }, { Outputs: { X: { Value: { Ref: 'A' }, Export: { Name: 'shared' } } } });
    await stacks.create('Importer', { A: custom({ Uses: { 'Fn::ImportValue': 'shared' } }) });
    expect(stacks.events()[1].ResourceProperties.Uses).toBe('id-of-A');
    await expect(stacks.delete('Exporter')).rejects.toThrow('Export shared cannot be deleted as it is in use by Importer');
    await stacks.delete('Importer');
    expect((await stacks.delete('Exporter')).StackStatus).toBe('DELETE_COMPLETE');
  });
});

describe('other resources', () => {
  test('are made, changed and deleted with their stack', async () => {
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }] };
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'workspaces:*', Resource: '*' }] };
    const keyPolicy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'kms:*', Resource: '*' }] };
    const template = (memory: number) => ({
      Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
      Policy: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'P', PolicyDocument: policy, Roles: [{ Ref: 'Role' }] } },
      Key: { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: keyPolicy } },
      Alias: { Type: 'AWS::KMS::Alias', Properties: { AliasName: 'alias/mine', TargetKeyId: { 'Fn::GetAtt': ['Key', 'Arn'] } } },
      Table: {
        Type: 'AWS::DynamoDB::Table',
        Properties: {
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
        },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Code: { ZipFile: 'exports.handler = async () => 1;' },
          Handler: 'index.handler',
          Runtime: 'nodejs22.x',
          MemorySize: memory,
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        },
      },
    });
    const others = { Outputs: { Table: { Value: { 'Fn::GetAtt': ['Table', 'Arn'] } }, Role: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } } };
    const template1 = template(128);
    await expect(stacks.create('Native', template1, others)).rejects.toThrow('Requires capabilities : [CAPABILITY_IAM]');

    const capable = new Stacks(cloud);
    capable.capabilities = ['CAPABILITY_IAM'];
    const stack = await capable.create('Native', template1, others);
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    const role = stack.Outputs!.find(({ OutputKey }) => OutputKey === 'Role')!.OutputValue!;
    expect(cloud.iam.policiesOf(role)).toMatchObject([{ document: policy }]);
    expect(cloud.kms.keyPolicy('alias/mine')).toEqual(keyPolicy);
    expect(cloud.kms.resolve('alias/mine')).toMatchObject({ state: 'Enabled' });
    expect(cloud.lambda.names).toContainEqual(expect.stringMatching(/^Native-Function-/));

    expect((await capable.update('Native', template(256), others)).StackStatus).toBe('UPDATE_COMPLETE');
    expect((await capable.delete('Native')).StackStatus).toBe('DELETE_COMPLETE');
    expect(cloud.iam.policiesOf(role)).toBeUndefined();
    expect(cloud.kms.resolve('alias/mine')).toBeUndefined();
    expect(cloud.lambda.names).toEqual(['handler']);
  });

  test('refuse a property that the local cloud does not have', async () => {
    await stacks.create('Property', { A: { Type: 'AWS::S3::Bucket', Properties: { VersioningConfiguration: {} } } });
    expect((await stacks.endings('Property'))[0]).toMatch(/^A CREATE_FAILED: the local cloud's AWS::S3::Bucket does not have VersioningConfiguration/);
  });
});

describe('parameters and conditions', () => {
  const template = {
    Parameters: {
      Stage: { Type: 'String', Default: 'test', AllowedValues: ['test', 'prod'] },
      Names: { Type: 'CommaDelimitedList', Default: 'a, b' },
      FromSsm: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/some/name' },
    },
    Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
    Resources: {
      A: custom({ Stage: { Ref: 'Stage' }, Second: { 'Fn::Select': [1, { Ref: 'Names' }] }, FromSsm: { Ref: 'FromSsm' } }),
      OnlyProd: custom({}, { Condition: 'IsProd' }),
    },
  };

  test('decide what is made, and a change of one what is changed', async () => {
    cloud.ssm.put('/some/name', 'from ssm');
    await stacks.create('Parameters', template.Resources, template);
    expect(stacks.events().map(({ ResourceProperties }) => ResourceProperties)).toEqual([
      { ServiceToken: FUNCTION_ARN, Stage: 'test', Second: 'b', FromSsm: 'from ssm' },
    ]);

    const change = (value: string) => stacks.client.send(new UpdateStackCommand({
      StackName: 'Parameters', UsePreviousTemplate: true, Parameters: [{ ParameterKey: 'Stage', ParameterValue: value }],
    }));
    await expect(change('other')).rejects.toThrow("Parameter 'Stage' must be one of AllowedValues test, prod, got \"other\"");
    await change('prod');
    await stacks.settled('Parameters');
    expect(stacks.requests().sort()).toEqual(['Create OnlyProd', 'Update A as id-of-A']);
    await change('test');
    await stacks.settled('Parameters');
    expect(stacks.requests()).toEqual(['Update A as id-of-A', 'Delete OnlyProd as id-of-OnlyProd']);
  });
});

describe('a change set', () => {
  async function changeSet(name: string, ChangeSetType: 'CREATE' | 'UPDATE', resources: object) {
    const request = { StackName: 'ChangeSets', ChangeSetName: name, ChangeSetType, TemplateBody: JSON.stringify({ Resources: resources }) };
    const { Id } = await stacks.client.send(new CreateChangeSetCommand(request));
    return stacks.client.send(new DescribeChangeSetCommand({ ChangeSetName: Id }));
  }

  test('says what would change, and does nothing before it is executed', async () => {
    const created = await changeSet('first', 'CREATE', { A: custom({ Size: 1 }), B: custom() });
    expect(created).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
    expect((await stacks.describe('ChangeSets')).StackStatus).toBe('REVIEW_IN_PROGRESS');
    expect(stacks.requests()).toEqual([]);
    const { client } = stacks;
    const execute = () => client.send(new ExecuteChangeSetCommand({ ChangeSetName: created.ChangeSetId }));
    await execute();
    expect((await stacks.settled('ChangeSets')).StackStatus).toBe('CREATE_COMPLETE');
    await expect(execute()).rejects.toMatchObject({ name: 'InvalidChangeSetStatusException' });

    const updated = await changeSet('second', 'UPDATE', { A: custom({ Size: 2 }), C: custom() });
    expect(updated.Changes!.map(({ ResourceChange }) => `${ResourceChange!.Action} ${ResourceChange!.LogicalResourceId}`)).toEqual(['Modify A', 'Add C', 'Remove B']);
  });

  test('fails when there is nothing to change', async () => {
    expect(await changeSet('empty', 'UPDATE', { A: custom({ Size: 1 }), B: custom() })).toMatchObject({
      Status: 'FAILED', StatusReason: expect.stringMatching(/^The submitted information didn't contain changes\./),
    });
  });
});
