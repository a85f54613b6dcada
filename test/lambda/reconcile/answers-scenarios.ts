import { OTHER_ANSWERS, type WorkspacesOptions } from '../../../local/workspaces/index';
import { BUNDLE, DIRECTORY, type FleetProperties, MINUTE, names, SECOND, type Start, type TestStack } from '../test-stack';

/** Short times, so that few calls are made only to wait. */
const QUICK = { buildTime: 40 * SECOND, terminateTime: 20 * SECOND };
const THIRTY: FleetProperties = { users: names(30) };

type Scenario = [what: string, settings: Partial<WorkspacesOptions>, play: (stack: TestStack) => Promise<void>];

const SCENARIOS: Scenario[] = [
  ['a fleet is made, grown and deleted', {}, async (stack) => {
    const created = await stack.create({ users: names(5) });
    expect(created).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(5)) });
    expect(await stack.update({ users: names(5) }, THIRTY)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(30)) });
    expect(stack.made()).toEqual(names(30));
    expect(await stack.delete(THIRTY)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  }],
  ['a user who does not exist is refused, and named', { missingUsers: ['user003'] }, async (stack) => {
    const outcome = await stack.create({ ...THIRTY, FailureTolerance: '1' });
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringMatching(/^user003 \(\S+\)$/) } });
    expect(stack.made()).toEqual(names(30).filter((name) => name !== 'user003'));
  }],
  ['one more refusal than is tolerated fails, and leaves nothing', { missingUsers: ['user003'] }, async (stack) => {
    expect(await stack.create(THIRTY)).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('user003') });
    expect(await stack.delete(THIRTY)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  }],
  ['a failed update is taken back', { missingUsers: ['user020'] }, async (stack) => {
    const before = { users: names(5) };
    await stack.create(before);
    expect(await stack.update(before, THIRTY)).toMatchObject({ status: 'FAILED' });
    expect(await stack.rollBack(THIRTY, before)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual(names(5));
  }],
  ['volumes are encrypted with the key behind an alias', {}, async (stack) => {
    const { keyId, arn } = stack.kms.createKey();
    stack.kms.createAlias('alias/desktops', keyId);
    const settings = { VolumeEncryptionKey: 'alias/desktops', UserVolumeEncryptionEnabled: 'true', RootVolumeEncryptionEnabled: 'true' };
    expect(await stack.create({ users: names(3), settings })).toMatchObject({ status: 'SUCCESS' });
    const encrypted = expect.objectContaining({ keyArn: arn, userVolume: true, rootVolume: true });
    expect(stack.present().map(({ encryption }) => encryption)).toEqual(Array(3).fill(encrypted));
  }],
  ['a key that cannot be used fails, and nothing is made', {}, async (stack) => {
    const { keyId, arn } = stack.kms.createKey();
    stack.kms.disable(keyId);
    const settings = { VolumeEncryptionKey: arn, UserVolumeEncryptionEnabled: 'true' };
    expect(await stack.create({ users: names(3), settings })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(arn) });
    expect(stack.made()).toEqual([]);
  }],
  ['a bundle that is not there fails, and nothing is made', { bundles: [{ bundleId: 'wsb-000000000' }] }, async (stack) => {
    expect(await stack.create({ users: names(3) })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining(BUNDLE) });
    expect(stack.made()).toEqual([]);
  }],
  ['impossible volumes of one user do not stop the others', {}, async (stack) => {
    const [bad, ...others] = names(25);
    const outcome = await stack.create({
      Users: [{ Settings: '1', UserNames: [bad] }, { Settings: '0', UserNames: others }],
      Settings: [{ BundleId: BUNDLE }, { BundleId: BUNDLE, RootVolumeSizeGib: '7', UserVolumeSizeGib: '7' }],
      FailureTolerance: '1',
    });
    expect(outcome).toMatchObject({ status: 'SUCCESS', data: { RefusedUsers: expect.stringMatching(new RegExp(`^${bad} \\(\\S+\\)$`)) } });
    expect(stack.made()).toEqual(others);
  }],
  ['a quota that is used up fails, and what was made goes', { quota: 10 }, async (stack) => {
    expect(await stack.create(THIRTY)).toMatchObject({ status: 'FAILED', reason: expect.stringMatching(/ResourceLimitExceeded/) });
    expect(await stack.delete(THIRTY)).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  }],
  ['a create whose answer is lost gives everybody one desktop', {}, async (stack) => {
    stack.inject({ operation: 'CreateWorkspaces', how: 'lose' });
    expect(await stack.create(THIRTY)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(30)) });
    expect(stack.made()).toEqual(names(30));
  }],
  ['a step that dies in a create gives everybody one desktop', {}, async (stack) => {
    stack.inject({ operation: 'CreateWorkspaces', how: 'kill-after', after: 1 });
    expect(await stack.create(THIRTY)).toMatchObject({ status: 'SUCCESS', ids: stack.idsOf(names(30)) });
    expect(stack.made()).toEqual(names(30));
  }],
  ['a user who has a desktop of somebody else is refused, and it is left alone', {}, async (stack) => {
    const theirs = stack.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: 'user001' });
    expect(await stack.create({ users: names(3) })).toMatchObject({ status: 'FAILED', reason: expect.stringContaining('user001') });
    expect(await stack.delete({ users: names(3) })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.present().map(({ workspaceId }) => workspaceId)).toEqual([theirs]);
  }],
  ['a delete copes with a desktop that was terminated in the console, and one that is suspended for a while', {}, async (stack) => {
    await stack.create({ users: names(4) });
    const [gone, suspended] = stack.idsOf(names(2)) as string[];
    stack.workspaces.terminateElsewhere(gone);
    stack.workspaces.setState(suspended, 'SUSPENDED');
    const until = stack.clock.now() + 5 * MINUTE;
    let free = false;
    stack.whileWaiting(() => {
      if (!free && stack.clock.now() > until) stack.workspaces.setState(suspended, 'AVAILABLE');
      free ||= stack.clock.now() > until;
    });
    expect(await stack.delete({ users: names(4) })).toMatchObject({ status: 'SUCCESS' });
    expect(stack.users()).toEqual([]);
  }],
];

/** Defines a test for each other plausible answer. */
export function testOtherAnswers(start: Start): void {
  test.each(OTHER_ANSWERS.map((answer) => [answer.name, answer.options] as const))('%s', async (_name, answer) => {
    for (const [what, settings, play] of SCENARIOS) {
      const stack = await start({ ...QUICK, ...settings, ...answer });
      try {
        await play(stack);
      } catch (error) {
        (error as Error).message = `${what}: ${(error as Error).message}`;
        throw error;
      } finally {
        await stack.stop();
      }
    }
  });
}
