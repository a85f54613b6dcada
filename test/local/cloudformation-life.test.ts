import { CancelUpdateStackCommand, DeleteStackCommand, DescribeStackResourceCommand } from '@aws-sdk/client-cloudformation';
import { custom, stacksOfStartedCloud } from './stacks';

// What CloudFormation says of a resource at each moment, and the ways in which a deployment ends that no resource has caused.

const stacks = stacksOfStartedCloud(60);
const { cloud } = stacks;
const ALARM = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:Errors';
const TRIGGERS = [{ Arn: ALARM, Type: 'AWS::CloudWatch::Alarm' }];
const watching = (minutes?: number) => ({ RollbackConfiguration: { RollbackTriggers: TRIGGERS, MonitoringTimeInMinutes: minutes } });

beforeEach(() => cloud.cloudformation.alarms.set(ALARM, 'OK'));

async function resource(stack: string, id = 'A') {
  const { StackResourceDetail } = await stacks.client.send(new DescribeStackResourceCommand({ StackName: stack, LogicalResourceId: id }));
  return StackResourceDetail!;
}

/** Waits until a condition holds. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!await holds()) await new Promise((done) => setTimeout(done, 10));
}

/** All statuses of resources and of the stack, the oldest first. */
async function statuses(name: string, since = 0): Promise<string[]> {
  const events = (await stacks.stackEvents(name)).slice(since);
  return events.map(({ LogicalResourceId, PhysicalResourceId, ResourceStatus, ResourceType }) => (
    ResourceType === 'AWS::CloudFormation::Stack' ? ResourceStatus! : `${LogicalResourceId} ${ResourceStatus} ${PhysicalResourceId}`.trim()
  ));
}

describe('DescribeStackResource', () => {
  test('shows the physical id only when the resource has answered', async () => {
    const create = stacks.create('Shown', { A: custom({ Create: 'slow' }, { Metadata: { why: 'test' } }) });
    await until(() => stacks.events().length > 0);
    const during = await resource('Shown');
    expect(during).toMatchObject({ ResourceStatus: 'CREATE_IN_PROGRESS', ResourceType: 'Custom::Thing', Metadata: '{"why":"test"}' });
    expect(during.PhysicalResourceId).toBeUndefined();
    const { StackId } = await create;
    expect(await resource(StackId!)).toMatchObject({ StackId, StackName: 'Shown', ResourceStatus: 'CREATE_COMPLETE', PhysicalResourceId: 'id-of-A' });
    expect(await statuses('Shown')).toEqual([
      'CREATE_IN_PROGRESS', 'A CREATE_IN_PROGRESS', 'A CREATE_IN_PROGRESS id-of-A', 'A CREATE_COMPLETE id-of-A', 'CREATE_COMPLETE',
    ]);
  });

  test('has an error of its own for a resource that is not in the stack', async () => {
    await expect(resource('Shown', 'B')).rejects.toMatchObject({ name: 'ValidationError', message: 'Resource B does not exist for stack Shown' });
    await expect(resource('Nothing')).rejects.toMatchObject({ name: 'ValidationError', message: 'Stack with id Nothing does not exist' });
  });

  test('shows the new physical id while the old one is deleted; only the events name the old one', async () => {
    await stacks.create('Replaced', { A: custom({ Id: 'one' }) });
    const before = (await stacks.stackEvents('Replaced')).length;
    const update = stacks.update('Replaced', { A: custom({ Id: 'two', Delete: 'slow' }) });
    await until(async () => (await stacks.describe('Replaced')).StackStatus === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    expect(await resource('Replaced')).toMatchObject({ PhysicalResourceId: 'two', ResourceStatus: 'UPDATE_COMPLETE' });
    await update;
    expect((await statuses('Replaced', before)).slice(2)).toEqual([
      'A UPDATE_COMPLETE two', 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS', 'A DELETE_IN_PROGRESS one', 'A DELETE_COMPLETE one', 'UPDATE_COMPLETE',
    ]);
  });

  test('shows a cancelled update as failed, while its function still runs', async () => {
    await stacks.create('Cancelled', { A: custom({ Update: 'late' }) });
    stacks.events();
    const update = stacks.update('Cancelled', { A: custom({ Update: 'late', Size: 2 }) });
    await until(() => stacks.events().length > 0);
    await stacks.client.send(new CancelUpdateStackCommand({ StackName: 'Cancelled' }));
    await until(async () => (await statuses('Cancelled')).includes('A UPDATE_FAILED id-of-A'));
    const { StackStatus } = await update;
    expect(StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    const begin = (await stacks.stackEvents('Cancelled')).find((event) => event.ResourceStatus === 'UPDATE_ROLLBACK_IN_PROGRESS')!;
    expect(begin.ResourceStatusReason).toBe('User Initiated');
  });
});

describe('a clean-up', () => {
  test('tries a deletion three times, and the update succeeds all the same', async () => {
    await stacks.create('Tries', { A: custom({ Id: 'one', Delete: 'fail' }) });
    stacks.events();
    const stack = await stacks.update('Tries', { A: custom({ Id: 'two' }) });
    expect(stack).toMatchObject({ StackStatus: 'UPDATE_COMPLETE', StackStatusReason: 'Update successful. One or more resources could not be deleted.' });
    const events = stacks.events();
    expect(events.map(({ RequestType, PhysicalResourceId }) => `${RequestType} ${PhysicalResourceId}`)).toEqual(['Update one', 'Delete one', 'Delete one', 'Delete one']);
    expect(new Set(events.map(({ RequestId }) => RequestId)).size).toBe(4);
  });

  test('of a rollback tries three times, too', async () => {
    await stacks.create('TriesBack', { A: custom() });
    stacks.events();
    const stack = await stacks.update('TriesBack', { A: custom(), New: custom({ Delete: 'fail' }), Fails: custom({ Create: 'fail', Uses: { Ref: 'New' } }) });
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(stacks.requests().filter((each) => each === 'Delete New as id-of-New')).toHaveLength(3);
  });

  test('a stack that is deleted tries once', async () => {
    await stacks.create('Once', { A: custom({ Delete: 'fail' }) });
    stacks.events();
    expect((await stacks.delete('Once')).StackStatus).toBe('DELETE_FAILED');
    expect(stacks.requests()).toEqual(['Delete A as id-of-A']);
    await stacks.client.send(new DeleteStackCommand({ StackName: 'Once', RetainResources: ['A'] }));
    await until(async () => (await stacks.stackEvents((cloud.cloudformation.stacks.all().find(({ name }) => name === 'Once')!).id)).at(-1)!.ResourceStatus === 'DELETE_COMPLETE');
    expect(stacks.requests()).toEqual([]);
  });
});

describe('rollback triggers', () => {
  test('an alarm during the monitoring time rolls back before anything is cleaned up', async () => {
    await stacks.create('Alarm', { A: custom(), Goes: custom() }, {}, watching());
    stacks.events();
    const update = stacks.update('Alarm', { A: custom({ Size: 2 }) }, {}, watching(30));
    await until(async () => (await statuses('Alarm')).includes('A UPDATE_COMPLETE id-of-A'));
    expect(await stacks.describe('Alarm')).toMatchObject({ StackStatus: 'UPDATE_IN_PROGRESS', RollbackConfiguration: { MonitoringTimeInMinutes: 30 } });
    cloud.cloudformation.alarms.set(ALARM, 'ALARM');
    expect((await update).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(stacks.requests()).toEqual(['Update A as id-of-A', 'Update A as id-of-A']);
    expect(await statuses('Alarm')).not.toContain('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  });

  test('an alarm stops what is in progress', async () => {
    const create = stacks.create('AlarmAtOnce', { A: custom({ Create: 'late' }) }, {}, watching());
    await until(() => stacks.events().length > 0);
    cloud.cloudformation.alarms.set(ALARM, 'ALARM');
    expect((await create).StackStatus).toBe('ROLLBACK_COMPLETE');
  });

  test('a deployment whose alarm stays OK ends after the monitoring time', async () => {
    const started = cloud.clock.now();
    expect((await stacks.create('Quiet', { A: custom() }, {}, watching(2))).StackStatus).toBe('CREATE_COMPLETE');
    expect(cloud.clock.now() - started).toBeGreaterThanOrEqual(120_000);
  });

  test('they stay for later updates, until others are given', async () => {
    const { RollbackConfiguration } = await stacks.update('Quiet', { A: custom({ Size: 2 }) });
    expect(RollbackConfiguration).toEqual({ RollbackTriggers: TRIGGERS, MonitoringTimeInMinutes: 2 });
    const without = await stacks.update('Quiet', { A: custom({ Size: 3 }) }, {}, { RollbackConfiguration: { RollbackTriggers: [], MonitoringTimeInMinutes: 0 } });
    expect(without.RollbackConfiguration!.RollbackTriggers ?? []).toEqual([]);
  });

  test('a trigger that does not exist fails the deployment', async () => {
    const missing = { RollbackConfiguration: { RollbackTriggers: [{ Arn: `${ALARM}2`, Type: 'AWS::CloudWatch::Alarm' }] } };
    expect((await stacks.create('Missing', { A: custom() }, {}, missing)).StackStatus).toBe('ROLLBACK_COMPLETE');
  });

  test('an update can be cancelled while it is monitored', async () => {
    await stacks.create('Manual', { A: custom(), Goes: custom() });
    stacks.events();
    const update = stacks.update('Manual', { A: custom({ Size: 2 }) }, {}, { RollbackConfiguration: { MonitoringTimeInMinutes: 60 } });
    await until(async () => (await statuses('Manual')).includes('A UPDATE_COMPLETE id-of-A'));
    await stacks.client.send(new CancelUpdateStackCommand({ StackName: 'Manual' }));
    expect((await update).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(stacks.requests()).toEqual(['Update A as id-of-A', 'Update A as id-of-A']);
  });
});

describe('a stack refactor', () => {
  test('gives a resource another logical id, without an event', async () => {
    const uses = (id: string) => custom({ Uses: { 'Fn::GetAtt': [id, 'Answer'] }, Text: { 'Fn::Sub': `\${${id}.Answer}!` } }, { DependsOn: id });
    await stacks.create('Refactored', { A: custom({ Id: 'thing', Answer: 'x' }), B: uses('A') });
    stacks.events();
    cloud.cloudformation.refactor('Refactored', { A: 'Renamed' });
    expect(await resource('Refactored', 'Renamed')).toMatchObject({ PhysicalResourceId: 'thing', ResourceStatus: 'CREATE_COMPLETE' });
    await expect(stacks.update('Refactored', { Renamed: custom({ Id: 'thing', Answer: 'x' }), B: uses('Renamed') })).rejects.toThrow('No updates are to be performed.');
    await stacks.update('Refactored', { Renamed: custom({ Id: 'thing', Answer: 'y' }), B: uses('Renamed') });
    expect(stacks.requests()).toEqual(['Update Renamed as thing', 'Update B as id-of-B']);
    await stacks.delete('Refactored');
    expect(stacks.requests()).toEqual(['Delete B as id-of-B', 'Delete Renamed as thing']);
  });

  test('refuses names that do not exist, or exist already', async () => {
    await stacks.create('Names', { A: custom(), B: custom() });
    expect(() => cloud.cloudformation.refactor('Names', { C: 'D' })).toThrow('Resource C does not exist for stack Names');
    expect(() => cloud.cloudformation.refactor('Names', { A: 'B' })).toThrow('Resource B already exists in stack Names');
  });
});
