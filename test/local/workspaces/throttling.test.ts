import { DescribeWorkspacesCommand } from '@aws-sdk/client-workspaces';
import { ask, client, clock, create, createOne, SECOND, service, start } from './harness';

test('a burst of 5 and then 2 a second, over all operations', async () => {
  await start({ throttle: { perSecond: 2, burst: 5 } });
  const describeIt = () => client.send(new DescribeWorkspacesCommand({}));
  await createOne();
  for (let i = 0; i < 4; i++) await describeIt();
  const throttled = { name: 'ThrottlingException', message: 'Rate exceeded', $metadata: { httpStatusCode: 400 } };
  await expect(describeIt()).rejects.toMatchObject(throttled);
  await expect(create(ask('bob'))).rejects.toMatchObject(throttled);
  expect(service.desktops()).toHaveLength(1);

  let admitted = 0;
  for (let i = 0; i < 100; i++) {
    await clock.sleep(100);
    await describeIt().then(() => admitted++, () => undefined);
  }
  expect(admitted).toBe(20);
  await clock.sleep(60 * SECOND);
  const burst = await Promise.allSettled(Array.from({ length: 8 }, describeIt));
  expect(burst.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  expect(service.counts()).toEqual({
    calls: { CreateWorkspaces: 2, DescribeWorkspaces: 4 + 1 + 100 + 8 },
    throttled: { CreateWorkspaces: 1, DescribeWorkspaces: 1 + 80 + 3 },
  });
});

test('a throttled call can cost a part of the next token, so that a client who never waits gets nothing', async () => {
  const admitted = async (throttledCall: 'free' | 'costs') => {
    await start({ throttle: { perSecond: 2, burst: 1 }, throttledCall });
    const calls: unknown[] = [];
    for (let i = 0; i < 21; i++) {
      await client.send(new DescribeWorkspacesCommand({})).then((answer) => calls.push(answer), () => undefined);
      await clock.sleep(100);
    }
    return calls.length;
  };
  expect(await admitted('free')).toBe(5);
  expect(await admitted('costs')).toBe(1);
});
