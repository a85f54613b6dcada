import {
  CreateAliasCommand, CreateGrantCommand, CreateKeyCommand, DeleteAliasCommand, DescribeKeyCommand, DisableKeyCommand,
  EnableKeyCommand, GetKeyPolicyCommand, KMSClient, ListAliasesCommand, ListGrantsCommand, PutKeyPolicyCommand, ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { VirtualClock } from '../../local/core/clock';
import { Endpoint } from '../../local/core/endpoint';
import { KmsService } from '../../local/kms';

const ACCOUNT = '123456789012';
const REGION = 'eu-central-1';
const DAY = 24 * 60 * 60 * 1_000;

let clock: VirtualClock;
let kms: KmsService;
let endpoint: Endpoint;
let client: KMSClient;

beforeEach(async () => {
  clock = new VirtualClock();
  kms = new KmsService(clock, { account: ACCOUNT, region: REGION });
  endpoint = new Endpoint().register(kms);
  client = new KMSClient({
    region: REGION, endpoint: await endpoint.start(), maxAttempts: 1, credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
  });
});

afterEach(async () => {
  client.destroy();
  await endpoint.stop();
});

async function describeKey(KeyId: string) {
  return (await client.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata!;
}

test('a new key is enabled, symmetric and the customer\'s', async () => {
  const { KeyMetadata } = await client.send(new CreateKeyCommand({ Description: 'desktops' }));
  expect(KeyMetadata).toEqual({
    AWSAccountId: ACCOUNT,
    KeyId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    Arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KeyMetadata!.KeyId}`,
    CreationDate: new Date(clock.now()),
    Enabled: true,
    Description: 'desktops',
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: 'Enabled',
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  });
});

test('a key is found by its id, its ARN, an alias and the ARN of an alias', async () => {
  const { keyId, arn } = kms.createKey();
  kms.createAlias('alias/desktops', keyId);
  for (const name of [keyId, arn, 'alias/desktops', `arn:aws:kms:${REGION}:${ACCOUNT}:alias/desktops`]) {
    expect(await describeKey(name)).toMatchObject({ KeyId: keyId, Arn: arn });
  }
});

test.each([
  ['11111111-2222-3333-4444-555555555555', `Key 'arn:aws:kms:${REGION}:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555' does not exist`],
  ['arn:aws:kms:us-east-1:1:key/11111111-2222-3333-4444-555555555555', "Key 'arn:aws:kms:us-east-1:1:key/11111111-2222-3333-4444-555555555555' does not exist"],
  ['alias/none', `Alias arn:aws:kms:${REGION}:${ACCOUNT}:alias/none is not found.`],
  ['aws/workspaces', "Invalid keyId 'aws/workspaces'"],
])('%s does not name a key', async (name, message) => {
  await expect(describeKey(name)).rejects.toMatchObject({ name: 'NotFoundException', message });
});

test('the managed key of WorkSpaces is there, unless the options say otherwise', async () => {
  expect(await describeKey('alias/aws/workspaces')).toMatchObject({ KeyManager: 'AWS', Enabled: true });
  const without = new KmsService(clock, { account: ACCOUNT, region: REGION, workspacesManagedKey: false });
  expect(without.resolve('alias/aws/workspaces')).toBeUndefined();
});

test('a key can be disabled and enabled', async () => {
  const { keyId } = kms.createKey();
  await client.send(new DisableKeyCommand({ KeyId: keyId }));
  expect(await describeKey(keyId)).toMatchObject({ Enabled: false, KeyState: 'Disabled' });
  await client.send(new EnableKeyCommand({ KeyId: keyId }));
  expect(await describeKey(keyId)).toMatchObject({ Enabled: true, KeyState: 'Enabled' });
});

test('a scheduled deletion takes effect on the clock', async () => {
  const { keyId, arn } = kms.createKey();
  const scheduled = await client.send(new ScheduleKeyDeletionCommand({ KeyId: keyId, PendingWindowInDays: 7 }));
  expect(scheduled).toMatchObject({ KeyId: arn, KeyState: 'PendingDeletion', DeletionDate: new Date(clock.now() + 7 * DAY) });
  expect(await describeKey(keyId)).toMatchObject({ Enabled: false, KeyState: 'PendingDeletion' });
  await expect(client.send(new EnableKeyCommand({ KeyId: keyId }))).rejects.toMatchObject({ name: 'KMSInvalidStateException', message: `${arn} is pending deletion.` });
  await clock.sleep(7 * DAY);
  await expect(describeKey(keyId)).rejects.toMatchObject({ name: 'NotFoundException', message: `Key '${arn}' does not exist` });
  await expect(client.send(new ScheduleKeyDeletionCommand({ KeyId: kms.createKey().keyId, PendingWindowInDays: 6 })))
    .rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('got 6') });
});

test('aliases are unique, listed and can be deleted', async () => {
  const { keyId } = kms.createKey();
  await client.send(new CreateAliasCommand({ AliasName: 'alias/a', TargetKeyId: keyId }));
  await expect(client.send(new CreateAliasCommand({ AliasName: 'alias/a', TargetKeyId: keyId }))).rejects.toMatchObject({ name: 'AlreadyExistsException' });
  await expect(client.send(new CreateAliasCommand({ AliasName: 'alias/aws/a', TargetKeyId: keyId }))).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  const { Aliases } = await client.send(new ListAliasesCommand({ KeyId: keyId }));
  expect(Aliases).toEqual([{ AliasName: 'alias/a', AliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:alias/a`, TargetKeyId: keyId }]);
  await client.send(new DeleteAliasCommand({ AliasName: 'alias/a' }));
  await expect(client.send(new DeleteAliasCommand({ AliasName: 'alias/a' }))).rejects.toMatchObject({ name: 'NotFoundException' });
  expect((await client.send(new ListAliasesCommand({}))).Aliases!.map((alias) => alias.AliasName)).toEqual(['alias/aws/workspaces']);
});

test('grants are listed by key, once per name and terms, and not given on a disabled key', async () => {
  const { keyId, arn } = kms.createKey();
  const grant = new CreateGrantCommand({ KeyId: arn, GranteePrincipal: 'arn:aws:iam::123456789012:role/r', Operations: ['Decrypt'], Name: 'n' });
  const { GrantId } = await client.send(grant);
  expect((await client.send(grant)).GrantId).toBe(GrantId);
  const { Grants } = await client.send(new ListGrantsCommand({ KeyId: keyId }));
  expect(Grants).toMatchObject([{ KeyId: arn, GrantId, Name: 'n', GranteePrincipal: 'arn:aws:iam::123456789012:role/r', Operations: ['Decrypt'] }]);
  kms.disable(keyId);
  await expect(client.send(grant)).rejects.toMatchObject({ name: 'DisabledException', message: `${arn} is disabled.` });
  kms.retireGrant(GrantId!);
  expect(kms.grants()).toEqual([]);
});

async function keyPolicy(KeyId: string): Promise<any> {
  return JSON.parse((await client.send(new GetKeyPolicyCommand({ KeyId }))).Policy!);
}

test('the account decides about a key, unless the key\'s policy says otherwise', async () => {
  const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
  const { keyId } = kms.createKey();
  expect((await keyPolicy(keyId)).Statement).toMatchObject([{ Effect: 'Allow', Principal: root, Action: 'kms:*', Resource: '*' }]);

  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'only this', Effect: 'Allow', Principal: root, Action: 'kms:DescribeKey', Resource: '*' }] });
  await client.send(new PutKeyPolicyCommand({ KeyId: keyId, Policy }));
  expect(await keyPolicy(keyId)).toEqual(JSON.parse(Policy));
  const { KeyMetadata } = await client.send(new CreateKeyCommand({ Policy }));
  expect(await keyPolicy(KeyMetadata!.KeyId!)).toEqual(JSON.parse(Policy));
});

test.each([
  ['{', 'the policy is not JSON'],
  ['{"Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}', 'Missing required field Principal'],
])('the policy %s is refused, and no key is made with it', async (Policy, message) => {
  const { keyId } = kms.createKey();
  const before = await keyPolicy(keyId);
  const refusal = { name: 'MalformedPolicyDocumentException', message: expect.stringContaining(message) };
  await expect(client.send(new PutKeyPolicyCommand({ KeyId: keyId, Policy }))).rejects.toMatchObject(refusal);
  await expect(client.send(new CreateKeyCommand({ Policy, Description: 'never' }))).rejects.toMatchObject(refusal);
  expect(await keyPolicy(keyId)).toEqual(before);
});

test('AWS\'s own policy of its own key stays', async () => {
  const { keyId } = kms.resolve('alias/aws/workspaces')!;
  expect(JSON.stringify(await keyPolicy(keyId))).toContain(`"kms:ViaService":"workspaces.${REGION}.amazonaws.com"`);
  expect(() => kms.putKeyPolicy(keyId, kms.keyPolicy(keyId))).toThrow(expect.objectContaining({ name: 'AccessDeniedException' }));
});
