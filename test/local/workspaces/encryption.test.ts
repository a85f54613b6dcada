import { ask, create, createOne, describeOne, encrypted, failureOf, kms, members, service, start, terminate } from './harness';

const BAD_KEY = 'The specified key could not be found. Please provide a valid key for encryption.';

test.each(['an ARN', 'an alias', 'an alias ARN'])('%s is resolved to the ARN of the key, which gets a grant until termination', async (form) => {
  await start({ invisibleFor: 0 });
  const { keyId, arn } = kms.createKey();
  kms.createAlias('alias/desktops', keyId);
  const given = { 'an ARN': arn, 'an alias': 'alias/desktops', 'an alias ARN': arn.replace(/key\/.*/, 'alias/desktops') }[form]!;
  const id = await createOne('alice', encrypted(given));
  expect(await describeOne(id)).toMatchObject({ VolumeEncryptionKey: arn, UserVolumeEncryptionEnabled: true, RootVolumeEncryptionEnabled: true });
  expect(kms.grants(arn)).toMatchObject([{ keyArn: arn, granteePrincipal: 'workspaces.eu-central-1.amazonaws.com' }]);
  await terminate(id);
  expect(kms.grants(arn)).toEqual([]);
});

test.each<[string, () => string]>([
  ['unknown', () => 'alias/none'],
  ['a bare key id', () => kms.createKey().keyId],
  ['an alias without alias/', () => 'aws/workspaces'],
  ['asymmetric', () => kms.createKey({ KeySpec: 'RSA_2048' }).arn],
])('refuses a key that is %s', async (_, key) => {
  await start();
  expect(await failureOf(ask('alice', encrypted(key())))).toMatchObject({ message: BAD_KEY });
  expect(kms.grants()).toEqual([]);
});

test.each<[string, () => string]>([
  ['disabled', () => kms.createKey({ Enabled: false }).arn],
  ['pending deletion', () => {
    const { keyId, arn } = kms.createKey();
    kms.scheduleDeletion(keyId);
    return arn;
  }],
])('a key that is %s is not available', async (_, key) => {
  await start();
  expect(await failureOf(ask('alice', encrypted(key())))).toMatchObject({
    code: 'ResourceUnavailable.Key', message: 'The specified key is not available. Please provide a valid key for encryption',
  });
  expect(kms.grants()).toEqual([]);
});

test('a key that the caller may not use is refused, and nothing else', async () => {
  const asked: string[] = [];
  await start({ keyDenied: { scope: 'item', code: 'Denied', message: 'not yours' } }, {
    keyAccess: { mayUse: (call, keyArn) => asked.push(`${call.operation} ${call.caller.accessKeyId} ${keyArn}`) > 1 },
  });
  const { arn } = kms.createKey();
  expect(await failureOf(ask('alice', encrypted(arn)))).toEqual({ code: 'Denied', message: 'not yours' });
  expect(kms.grants(arn)).toEqual([]);
  await createOne('bob', encrypted(arn));
  await createOne('carol');
  expect(asked).toEqual(Array(2).fill(`CreateWorkspaces AKIATEST ${arn}`));
});

test('the key of another account is refused, or accepted by an option; one of another Region is always refused', async () => {
  await start({ invisibleFor: 0 });
  const foreign = 'arn:aws:kms:eu-central-1:999999999999:key/9a428455-22a2-45ba-bc56-173cb6bae1af';
  expect(await failureOf(ask('alice', encrypted(foreign)))).toMatchObject({ message: BAD_KEY });
  service.configure({ crossAccountKeys: 'accept' });
  const id = await createOne('alice', encrypted(foreign));
  expect(await describeOne(id)).toMatchObject({ VolumeEncryptionKey: foreign });
  expect(kms.grants()).toEqual([]);
  expect(await terminate(id)).toEqual([]);
  expect(await failureOf(ask('bob', encrypted(foreign.replace('eu-central-1', 'us-east-1'))))).toMatchObject({ message: BAD_KEY });
});

test('a volume without a key, and a key without a volume, by setting', async () => {
  await start({ invisibleFor: 0 });
  const noKey = { UserVolumeEncryptionEnabled: true };
  expect(await failureOf(ask('alice', noKey))).toMatchObject({ message: BAD_KEY });
  service.configure({ volumeWithoutKey: 'default-key' });
  expect(await describeOne(await createOne('alice', noKey))).toMatchObject({
    VolumeEncryptionKey: kms.resolve('alias/aws/workspaces')!.arn, UserVolumeEncryptionEnabled: true, RootVolumeEncryptionEnabled: false,
  });
  const noVolume = { VolumeEncryptionKey: 'alias/aws/workspaces' };
  expect(members(await describeOne(await createOne('bob', noVolume)))).not.toContain('VolumeEncryptionKey');
  service.configure({ keyWithoutVolume: { scope: 'call', code: 'InvalidParameterValuesException', message: 'no volume' } });
  await expect(create(ask('carol', noVolume))).rejects.toMatchObject({ name: 'InvalidParameterValuesException' });
});
