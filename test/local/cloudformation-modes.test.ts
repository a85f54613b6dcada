import { RollbackStackCommand } from '@aws-sdk/client-cloudformation';
import { custom, stacksOfStartedCloud } from './stacks';

// Deployments that are not rolled back when they fail, and Express deployments.

const stacks = stacksOfStartedCloud(60);
const { cloud } = stacks;
const KEEP = { DisableRollback: true };
const EXPRESS = { DeploymentConfig: { Mode: 'EXPRESS' } };

afterEach(() => { cloud.customResources.awaitsInExpress = true; });

describe('a deployment that is not rolled back', () => {
  test('goes on beside what failed, and the next one goes on from there', async () => {
    const failed = await stacks.create('Kept', { A: custom({ Create: 'slow' }), B: custom({ Create: 'fail' }), C: custom({ Uses: { Ref: 'B' } }) }, {}, KEEP);
    expect(failed).toMatchObject({ StackStatus: 'CREATE_FAILED', DisableRollback: true });
    expect(stacks.requests().sort()).toEqual(['Create A', 'Create B']);
    await expect(stacks.update('Kept', { A: custom() })).rejects.toThrow('please use the disable-rollback parameter');

    const done = await stacks.update('Kept', { A: custom({ Create: 'slow' }), B: custom(), C: custom({ Uses: { Ref: 'B' } }) }, {}, KEEP);
    expect(done.StackStatus).toBe('UPDATE_COMPLETE');
    // What is left of a creation that failed is deleted before the next one.
    expect(stacks.requests()).toEqual(['Delete B as id-of-B', 'Create B', 'Create C']);
    await expect(stacks.update('Kept', { A: custom({ Create: 'slow' }), B: custom(), C: custom({ Uses: { Ref: 'B' } }) })).rejects.toThrow('No updates');
  });

  test('an update that failed is sent again, even with the same properties', async () => {
    await stacks.create('Again', { A: custom({ Size: 1 }) });
    stacks.events();
    expect((await stacks.update('Again', { A: custom({ Size: 2, Update: 'fail' }) }, {}, KEEP)).StackStatus).toBe('UPDATE_FAILED');
    expect((await stacks.update('Again', { A: custom({ Size: 1 }) }, {}, KEEP)).StackStatus).toBe('UPDATE_COMPLETE');
    expect(stacks.events().map(({ ResourceProperties, OldResourceProperties }) => [OldResourceProperties!.Size, ResourceProperties.Size])).toEqual([['1', '2'], ['2', '1']]);
  });

  test('RollbackStack goes back over several of them', async () => {
    await stacks.create('Back', { A: custom({ Size: 1 }), B: custom({ Size: 1 }) });
    await stacks.update('Back', { A: custom({ Size: 2 }), B: custom({ Size: 2, Update: 'fail', Uses: { Ref: 'A' } }) }, {}, KEEP);
    await stacks.update('Back', { A: custom({ Size: 3 }), B: custom({ Size: 3, Update: 'fail', Uses: { Ref: 'A' } }) }, {}, KEEP);
    stacks.events();
    await stacks.client.send(new RollbackStackCommand({ StackName: 'Back' }));
    expect((await stacks.settled('Back')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    const sent = stacks.events().map(({ LogicalResourceId, ResourceProperties, OldResourceProperties }) => (
      `${LogicalResourceId}: ${OldResourceProperties!.Size} to ${ResourceProperties.Size}`
    ));
    expect(sent.sort()).toEqual(['A: 3 to 1', 'B: 3 to 1']);
    await expect(stacks.client.send(new RollbackStackCommand({ StackName: 'Back' }))).rejects.toThrow('can not be rolled back');
  });

  test('RollbackStack of a creation deletes what was made', async () => {
    await stacks.create('BackToNothing', { A: custom(), B: custom({ Create: 'fail', Uses: { Ref: 'A' } }) }, {}, KEEP);
    stacks.events();
    await stacks.client.send(new RollbackStackCommand({ StackName: 'BackToNothing' }));
    expect((await stacks.settled('BackToNothing')).StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(stacks.requests()).toEqual(['Delete B as id-of-B', 'Delete A as id-of-A']);
  });
});

describe('an Express deployment', () => {
  test('is not rolled back unless that is asked for, and what follows must be Express', async () => {
    expect((await stacks.create('Express', { A: custom({ Create: 'fail' }) }, {}, EXPRESS)).StackStatus).toBe('CREATE_FAILED');
    await expect(stacks.update('Express', { A: custom() }, {}, KEEP)).rejects.toThrow('must use the same DeploymentConfig (mode=EXPRESS)');
    await expect(stacks.client.send(new RollbackStackCommand({ StackName: 'Express' }))).rejects.toThrow('not supported for stacks that were last updated using EXPRESS');
    expect((await stacks.update('Express', { A: custom() }, {}, EXPRESS)).StackStatus).toBe('UPDATE_COMPLETE');
    const safe = { DeploymentConfig: { Mode: 'EXPRESS', DisableRollback: false } };
    expect((await stacks.create('ExpressSafe', { A: custom({ Create: 'fail' }) }, {}, safe)).StackStatus).toBe('ROLLBACK_COMPLETE');
  });

  test('waits for the answers of custom resources, or does not, as the setting says', async () => {
    const outputs = { Outputs: { Ref: { Value: { Ref: 'A' } } } };
    const waited = await stacks.create('ExpressWaits', { A: custom({ Create: 'slow' }) }, outputs, EXPRESS);
    expect(waited.Outputs![0].OutputValue).toBe('id-of-A');

    cloud.customResources.awaitsInExpress = false;
    const quick = await stacks.create('ExpressQuick', { A: custom({ Create: 'fail' }) }, outputs, EXPRESS);
    expect(quick).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
    expect(quick.Outputs![0].OutputValue).toMatch(/^ExpressQuick-A-[0-9A-F]{12}$/);
    const complete = (await stacks.stackEvents('ExpressQuick')).find(({ ResourceStatus, LogicalResourceId }) => ResourceStatus === 'CREATE_COMPLETE' && LogicalResourceId === 'A')!;
    expect(complete.ResourceStatusReason).toMatch(/^Resource operation completed using Express Mode/);
  });

  test.each([
    [{ DeploymentConfig: { Mode: 'FAST' } }, 'DeploymentConfig.Mode must be STANDARD or EXPRESS, got "FAST"'],
    [{ OnFailure: 'DELETE' }, 'OnFailure must be ROLLBACK or DO_NOTHING in the local cloud, got "DELETE"'],
  ])('%j is refused', async (request, message) => {
    await expect(stacks.create('Refused', { A: custom() }, {}, request)).rejects.toThrow(message);
  });
});
