import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateGrantCommand, DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  CreateTagsCommand, CreateWorkspacesCommand, DeleteTagsCommand, MigrateWorkspaceCommand, ModifyWorkspacePropertiesCommand, Tag,
  TerminateWorkspacesCommand, WorkSpacesClient,
} from '@aws-sdk/client-workspaces';
import { ALIAS, ASSETS, BUNDLE, fleets, FUNCTIONS, OTHER_BUNDLE, startStrict } from './permissions-fleets';
import type { VirtualStack } from './virtual-stack';
import type { Principal } from '../../local/iam';
import { logRequests } from '../../local/iam/requests';
import { onKey } from '../../local/iam/requests/kms';
import { ADOPTED_TAG, OWNERSHIP_TAG } from '../../src/private/contract';
import { OWN_TAGS } from '../../src/private/validation';

// No policy of the provider's roles allows too much. Each action that a role must not do is tried with its own credentials, and must be
// denied. Each condition and each resource is needed: without it, one of these actions is allowed.

const DIRECTORY = 'd-90670b2f8c';
const OTHER_STACK = '11111111-2222-3333-4444-555555555555/abcdef01';

let stack: VirtualStack;
/** A value of the fleet's tag that belongs to this stack. */
let ours: string;
let otherKey: string;
let ownKey: string;
let aliasedKey: string;
let tag: Tag;
let foreign = 0;

beforeAll(async () => {
  stack = await startStrict();
  // The later one: its fleets can migrate desktops to another bundle than that of the tries.
  expect((await stack.deploy(fleets(['ana', 'bo'], { changed: true }))).status).toBe('CREATE_COMPLETE');
  const { cloud } = stack;
  ours = cloud.cloudformation.stacks.find('Test')!.uuid;
  tag = { Key: OWNERSHIP_TAG, Value: `${ours}/12345678` };
  const keyOf = (userName: string) => cloud.workspaces.desktops().find((desktop) => desktop.userName === userName)!.encryption!.keyArn;
  [ownKey, aliasedKey, otherKey] = [keyOf('dora'), keyOf('emil'), cloud.kms.createKey().arn];
  expect(cloud.kms.resolve(ALIAS)!.arn).toBe(aliasedKey);
  cloud.workspaces.addDirectory({ directoryId: 'd-0000000000' });
  cloud.workspaces.addBundle({ bundleId: 'wsb-000000000' });
  cloud.s3.put(ASSETS, 'another-asset.json', Buffer.from('{}'));
  cloud.s3.createBucket('another-bucket'); // it is not encrypted with a key
  cloud.s3.put('another-bucket', 'object.json', Buffer.from('{}'));
  const deployer = { region: 'us-east-1', endpoint: cloud.endpointUrl, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
  await new DynamoDBClient(deployer).send(new CreateTableCommand({
    TableName: 'Other',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  }));
  const TemplateBody = JSON.stringify({ Resources: { Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } } } });
  await new CloudFormationClient(deployer).send(new CreateStackCommand({ StackName: 'Other', TemplateBody }));
  await cloud.cloudformation.settled();
});
afterAll(() => stack.stop());

interface Role { readonly name: string; readonly principal: Principal; client<T>(Client: new (config: object) => T): T }

/** Makes calls with the credentials of one of the provider's functions. */
function roleOf(name: typeof FUNCTIONS[number]): Role {
  const { iam, lambda, endpointUrl } = stack.cloud;
  const functionName = lambda.names.find((each) => each.startsWith(`Test-BulkWorkspacesProvider${name}`))!;
  const role = [...iam.roles.values()].find((each) => each.name.startsWith(`Test-BulkWorkspacesProvider${name}Role`))!;
  const principal: Principal = { kind: 'function', name: functionName, roleArn: role.arn };
  const credentials = { accessKeyId: iam.accessKeyFor(principal), secretAccessKey: 'local' };
  return { name: role.name, principal, client: (Client) => new Client({ region: 'us-east-1', endpoint: endpointUrl, credentials, maxAttempts: 1 }) };
}

/** Creates a desktop of somebody, for one try. */
function desktopOf(owner?: Owner): string {
  const tags: Record<string, string> = owner === undefined ? {} : { [OWNERSHIP_TAG]: owner === 'adopted' ? tag.Value! : owner };
  if (owner === 'adopted') tags[ADOPTED_TAG] = 'true';
  return stack.cloud.workspaces.createElsewhere({ directoryId: DIRECTORY, bundleId: BUNDLE, userName: `foreign${++foreign}`, tags });
}

/** A value of the fleet's tag; or `adopted`, for a desktop that has this stack's value and the adopted tag. */
type Owner = string | 'adopted';

const create = (more: object, Tags?: Tag[]) => (role: Role) => role.client(WorkSpacesClient).send(new CreateWorkspacesCommand({
  Workspaces: [{ DirectoryId: DIRECTORY, BundleId: BUNDLE, UserName: `foreign${++foreign}`, Tags: Tags ?? [tag], ...more }],
}));
const terminate = (owner?: Owner) => (role: Role) => role.client(WorkSpacesClient).send(new TerminateWorkspacesCommand({
  TerminateWorkspaceRequests: [{ WorkspaceId: desktopOf(owner) }],
}));
const putTag = (...Tags: Tag[]) => (role: Role) => role.client(WorkSpacesClient).send(new CreateTagsCommand({ ResourceId: desktopOf(), Tags }));
const untag = (...TagKeys: string[]) => (role: Role) => role.client(WorkSpacesClient).send(new DeleteTagsCommand({
  ResourceId: desktopOf(), TagKeys,
}));
const modify = (owner?: Owner) => (role: Role) => role.client(WorkSpacesClient).send(new ModifyWorkspacePropertiesCommand({
  WorkspaceId: desktopOf(owner), WorkspaceProperties: { RunningMode: 'ALWAYS_ON' },
}));
const migrate = (owner?: Owner, BundleId = OTHER_BUNDLE) => (role: Role) => role.client(WorkSpacesClient).send(new MigrateWorkspaceCommand({
  SourceWorkspaceId: desktopOf(owner), BundleId,
}));
const readTable = (role: Role) => role.client(DynamoDBClient).send(new GetItemCommand({ TableName: 'Other', Key: { pk: { S: 'x' } } }));
/** Calls that only a service makes, in the name of a role. */
const onBehalf = (role: Role, action: string, key: string, context: object) => {
  const { kms, iam } = stack.cloud;
  const denial = iam.refusal(role.principal, onKey(kms, action, kms.resolve(key)!, { ...context }));
  if (denial) throw Object.assign(new Error(denial.reason), { name: 'AccessDeniedException' });
};
const log = (role: Role) => {
  const denial = logRequests('other', '/aws/lambda/other', 0).map((request) => stack.cloud.iam.refusal(role.principal, request)).find(Boolean);
  if (denial) throw Object.assign(new Error(denial.reason), { name: 'AccessDeniedException' });
};
const grantDirectly = (key: () => string) => (role: Role) => role.client(KMSClient).send(new CreateGrantCommand({
  KeyId: key(), GranteePrincipal: role.principal.roleArn, Operations: ['Decrypt'],
}));

const VIA = { 'kms:ViaService': 'workspaces.us-east-1.amazonaws.com' };
const VIA_S3 = { 'kms:ViaService': 's3.us-east-1.amazonaws.com' };
const assetsKey = () => stack.cloud.s3.keyOf(ASSETS)!;
const FOR_SERVICE = { 'kms:GrantIsForAWSResource': 'true' };

type Attempt = (role: Role) => unknown;
const TRESPASSES: Record<typeof FUNCTIONS[number], Record<string, Attempt>> = {
  Step: {
    'terminate a desktop that nobody owns': terminate(),
    'terminate a desktop of another stack': terminate(OTHER_STACK),
    'terminate a desktop whose tag only begins as ours': (role) => terminate(`${ours}0/12345678`)(role),
    'terminate a desktop of ours that was adopted': terminate('adopted'),
    'change a desktop that nobody owns': modify(),
    'change a desktop of another stack': modify(OTHER_STACK),
    'migrate a desktop that nobody owns': migrate(),
    'migrate a desktop of another stack': migrate(OTHER_STACK),
    'migrate a desktop of ours that was adopted': migrate('adopted'),
    'migrate to a bundle that no fleet has': (role) => migrate(tag.Value, 'wsb-000000000')(role),
    'migrate to a bundle of a fleet that does not migrate': (role) => migrate(tag.Value, BUNDLE)(role),
    'create in another directory': create({ DirectoryId: 'd-0000000000' }),
    'create from another bundle': create({ BundleId: 'wsb-000000000' }),
    'create without a tag': create({}, []),
    'create for another stack': create({}, [{ Key: OWNERSHIP_TAG, Value: OTHER_STACK }]),
    'put a tag on that no fleet has': (role) => putTag(tag, { Key: 'mine', Value: 'x' })(role),
    'put the tag of another stack on': putTag({ Key: OWNERSHIP_TAG, Value: OTHER_STACK }),
    'take another tag off that is for fleets': untag(`${OWN_TAGS}other`),
    'take off the tag of a fleet with another': untag(OWNERSHIP_TAG, 'team'),
    'take off nothing, of any desktop': untag(),
    'put on one of the fleets\' tags alone': putTag({ Key: 'team', Value: 'x' }),
    'read another table': readTable,
    'read another asset': (role) => role.client(S3Client).send(new GetObjectCommand({ Bucket: ASSETS, Key: 'another-asset.json' })),
    'read an object of another bucket': (role) => role.client(S3Client).send(new GetObjectCommand({ Bucket: 'another-bucket', Key: 'object.json' })),
    'decrypt another asset': (role) => onBehalf(role, 'Decrypt', assetsKey(), { ...VIA_S3, 'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${ASSETS}/another-asset.json` }),
    'decrypt an object of another bucket': (role) => onBehalf(role, 'Decrypt', assetsKey(), { ...VIA_S3, 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::another-bucket' }),
    'decrypt a manifest itself': (role) => onBehalf(role, 'Decrypt', assetsKey(), { 'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${ASSETS}` }),
    'look at another stack': (role) => role.client(CloudFormationClient).send(new DescribeStacksCommand({ StackName: 'Other' })),
    'look at another key': (role) => role.client(KMSClient).send(new DescribeKeyCommand({ KeyId: otherKey })),
    'have a service grant another key': (role) => onBehalf(role, 'CreateGrant', otherKey, { ...VIA, ...FOR_SERVICE }),
    'have a service encrypt with another key': (role) => onBehalf(role, 'Encrypt', otherKey, VIA),
    'grant the key of a fleet to somebody': grantDirectly(() => ownKey),
    'grant the key behind the alias to somebody': grantDirectly(() => aliasedKey),
    'encrypt with the key of a fleet itself': (role) => onBehalf(role, 'Encrypt', ownKey, {}),
    'encrypt with the key behind the alias itself': (role) => onBehalf(role, 'Encrypt', aliasedKey, {}),
    'have another service use the key of a fleet': (role) => onBehalf(role, 'Decrypt', ownKey, { 'kms:ViaService': 's3.us-east-1.amazonaws.com' }),
    'write to another log': log,
  },
  IsComplete: {
    'invoke another function': (role) => role.client(LambdaClient).send(new InvokeCommand({ FunctionName: roleOf('OnEvent').principal.name, Payload: '{}' })),
    'write to another log': log,
  },
  OnEvent: {
    'read another table': readTable,
    'write to another log': log,
  },
};

/** The tries of a role that are allowed, although they must not be. */
async function allowed(name: typeof FUNCTIONS[number]): Promise<string[]> {
  const role = roleOf(name);
  const got: string[] = [];
  for (const [what, attempt] of Object.entries(TRESPASSES[name])) {
    try {
      await attempt(role);
      got.push(what);
    } catch (error) {
      // If it fails for another reason, IAM has allowed it.
      if (!['AccessDeniedException', 'AccessDenied'].includes((error as Error).name)) got.push(what);
    }
  }
  return got;
}

test.each(FUNCTIONS)('%s gets away with nothing', async (name) => {
  expect(await allowed(name)).toEqual([]);
});

/** Resources that stand for all of their kind. The account has no others of the kind, so only the condition limits them. */
const WHOLE_TYPE = /:(workspace|key)\/\*$/;

test.each(FUNCTIONS)('%s: each condition and each resource of its policy is needed', async (name) => {
  const role = stack.cloud.iam.role(roleOf(name).name);
  const [policyName] = role.inline.names();
  const document = role.inline.get(policyName)!;
  const open: string[] = [];
  let tried = 0;
  const tryWith = async (what: string, change: (statements: any[]) => void) => {
    const changed = structuredClone(document) as any;
    change(changed.Statement);
    role.inline.set(policyName, changed);
    tried += 1;
    if ((await allowed(name)).length === 0) open.push(what);
    role.inline.set(policyName, document);
  };

  for (const [i, statement] of (document.Statement as any[]).entries()) {
    for (const resource of [statement.Resource].flat() as string[]) {
      if (resource === '*' || WHOLE_TYPE.test(resource)) continue;
      await tryWith(`${statement.Sid} on anything instead of ${resource}`, (statements) => {
        statements[i].Resource = [statement.Resource].flat().map((each: string) => (each === resource ? '*' : each));
      });
    }
    for (const [operator, keys] of Object.entries<object>(statement.Condition ?? {})) {
      for (const key of Object.keys(keys)) {
        await tryWith(`${statement.Sid} without ${operator} ${key}`, (statements) => delete statements[i].Condition[operator][key]);
      }
    }
  }
  expect(open).toEqual([]);
  expect(tried).toBeGreaterThan(name === 'Step' ? 15 : 1);
  expect(await allowed(name)).toEqual([]);
});
