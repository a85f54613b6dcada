import { App, Aws, CfnParameter, Fn, Size, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import { assetContent, flat, fleetProperties, newFleet, newStack, resourcesOf, stepStatements } from './fixtures';
import { WorkspaceUser, WorkspaceUsers } from '../src';
import { MAX_INLINE_BYTES } from '../src/private/manifest';

const BUNDLE = { BundleId: 'wsb-clj85qzj1' };
const SMALL = { userVolumeSize: Size.gibibytes(10) };

const people = (count: number) => Array.from({ length: count }, (_, i) => `person.number${i}.of.the.company`);

describe('inline', () => {
  const wire = (...users: WorkspaceUser[]) => {
    const stack = newStack();
    for (const id of ['Bundle', 'Other']) new CfnParameter(stack, id);
    newFleet(stack, { users: WorkspaceUsers.fromList(users) });
    const { Users, Settings } = fleetProperties(stack);
    return { Users, Settings };
  };

  test('consecutive users with equal settings are one group, and equal settings are written once', () => {
    const bundleId = 'wsb-8vbljg4r6';
    expect(wire({ userName: 'a' }, { userName: 'b' }, { userName: 'c', bundleId }, { userName: 'd', ...SMALL }, { userName: 'e', bundleId }, { userName: 'f' })).toEqual({
      Users: [
        { Settings: '0', UserNames: ['a', 'b'] },
        { Settings: '1', UserNames: ['c'] },
        { Settings: '2', UserNames: ['d'] },
        { Settings: '1', UserNames: ['e'] },
        { Settings: '0', UserNames: ['f'] },
      ],
      Settings: [BUNDLE, { BundleId: bundleId }, { ...BUNDLE, UserVolumeSizeGib: '10' }],
    });
  });

  test('a user\'s setting that equals the fleet\'s makes no difference', () => {
    expect(wire({ userName: 'a' }, { userName: 'b', bundleId: 'wsb-clj85qzj1', tags: {} }).Users).toHaveLength(1);
  });

  test('two tokens for one value are equal', () => {
    expect(wire({ userName: 'a', bundleId: Fn.ref('Bundle') }, { userName: 'b', bundleId: Fn.ref('Bundle') }, { userName: 'c', bundleId: Fn.ref('Other') })).toEqual({
      Users: [{ Settings: '0', UserNames: ['a', 'b'] }, { Settings: '1', UserNames: ['c'] }],
      Settings: [{ BundleId: { Ref: 'Bundle' } }, { BundleId: { Ref: 'Other' } }],
    });
  });
});

describe('the border between inline and asset', () => {
  /** A fleet whose users and settings are that many bytes of JSON. */
  function fleetOf(bytes: number): any {
    const empty = JSON.stringify({ Users: [{ Settings: '0', UserNames: [] }], Settings: [BUNDLE] }).length;
    const names = Array.from({ length: 100 }, (_, i) => `user-${String(i).padStart(3, '0')}-${'x'.repeat(20)}`);
    // Quotes and comma of each, no comma after the last.
    let missing = bytes - empty - names.reduce((sum, name) => sum + name.length + 3, -1);
    const users = names.map(name => {
      const more = Math.max(0, Math.min(34, missing));
      missing -= more;
      return name + 'y'.repeat(more);
    });
    const stack = newStack();
    newFleet(stack, { users: WorkspaceUsers.fromNames(users) });
    return fleetProperties(stack);
  }

  test(`${MAX_INLINE_BYTES} bytes are inline`, () => {
    const { Users, Settings, Manifest } = fleetOf(MAX_INLINE_BYTES);
    expect(JSON.stringify({ Users, Settings })).toHaveLength(4096);
    expect(Manifest).toBeUndefined();
  });

  test('one more is an asset', () => {
    expect(fleetOf(MAX_INLINE_BYTES + 1)).toMatchObject({ Manifest: { Key: expect.any(String) } });
  });

  test('bytes are counted, not characters', () => {
    const stack = newStack();
    newFleet(stack, { users: WorkspaceUsers.fromNames(Array.from({ length: 70 }, (_, i) => `${'é'.repeat(30)}${i}`)) });
    expect(fleetProperties(stack).Manifest).toBeDefined();
  });
});

describe('asset', () => {
  function bigFleet(stack: Stack, own: (i: number) => Partial<WorkspaceUser> = () => ({}), props = {}, id?: string): void {
    newFleet(stack, { users: WorkspaceUsers.fromList(people(200).map((userName, i) => ({ userName, ...own(i) }))), ...props }, id);
  }

  test('200 users: a template with a hash and a count', () => {
    const stack = newStack();
    bigFleet(stack);
    const properties = fleetProperties(stack);
    expect(properties).toMatchObject({ UserCount: '200', Manifest: { Bucket: { 'Fn::Sub': 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}' } } });
    expect(properties.Users).toBeUndefined();
    expect(properties.Settings).toBeUndefined();
    expect(properties.Values).toBeUndefined();
    expect(JSON.stringify(properties).length).toBeLessThan(1000);
    expect(JSON.parse(assetContent(stack, properties.Manifest.Key))).toEqual({
      Users: [{ Settings: '0', UserNames: people(200) }],
      Settings: [BUNDLE],
    });
  });

  test('two synths of the same fleet make the same key, another fleet another', () => {
    const keyOf = (own?: (i: number) => Partial<WorkspaceUser>) => {
      const stack = newStack();
      bigFleet(stack, own);
      return fleetProperties(stack).Manifest.Key;
    };
    const key = keyOf();
    expect(key).toMatch(/^[0-9a-f]{64}\.fleet-[0-9a-f]{8}$/);
    expect(keyOf()).toBe(key);
    expect(keyOf(i => i === 7 ? SMALL : {})).not.toBe(key);
  });

  test('values that are known only at deployment stay in the properties, equal ones once', () => {
    const stack = newStack();
    const key = new kms.Key(stack, 'Key');
    const param = new CfnParameter(stack, 'Team');
    bigFleet(stack, i => ({
      ...i === 0 && { userName: `${Aws.STACK_NAME}-admin` },
      ...i === 1 && { tags: { team: param.valueAsString, place: 'north' } as { [key: string]: string } },
      ...i === 2 && { tags: { team: Fn.ref('Team') } as { [key: string]: string } },
    }), { volumeEncryptionKey: key });
    const { Values, Manifest } = fleetProperties(stack);

    expect(Values.map(flat)).toEqual(['${AWS::StackName}-admin', '${Key961B73FD.Arn}', '${Team}']);
    const settings = { ...BUNDLE, VolumeEncryptionKey: { Value: '1' }, RootVolumeEncryptionEnabled: 'true', UserVolumeEncryptionEnabled: 'true' };
    const [, second, third, ...rest] = people(200);
    expect(JSON.parse(assetContent(stack, Manifest.Key))).toEqual({
      Users: [
        { Settings: '0', UserNames: [{ Value: '0' }] },
        { Settings: '1', UserNames: [second] },
        { Settings: '2', UserNames: [third] },
        { Settings: '0', UserNames: rest },
      ],
      Settings: [
        settings,
        { ...settings, Tags: { team: { Value: '2' }, place: 'north' } },
        { ...settings, Tags: { team: { Value: '2' } } },
      ],
    });
  });

  test('the provider reads the manifests of its stack, and no other asset', () => {
    const stack = newStack();
    bigFleet(stack, undefined, {}, 'One');
    bigFleet(stack, undefined, { directoryId: 'd-90670b2f8d' }, 'Two');
    newFleet(stack, {}, 'Small');
    const template = Template.fromStack(stack);
    const keys = Object.values(template.findResources('Custom::BulkWorkspaces')).flatMap(({ Properties }) => Properties.Manifest?.Key ?? []);
    const [extension, ...others] = new Set(keys.map((key: string) => key.replace(/^\w+/, '')));
    expect(others).toEqual([]);

    const { ReadManifests } = stepStatements(template);
    expect(ReadManifests.Action).toBe('s3:GetObject');
    expect(resourcesOf(ReadManifests)).toEqual([`arn:\${AWS::Partition}:s3:::cdk-hnb659fds-assets-\${AWS::AccountId}-\${AWS::Region}/*${extension}`]);
  });

  test('the provider decrypts them if the bucket has a key of the account, and nothing else with that key', () => {
    const stack = newStack();
    bigFleet(stack);
    const template = Template.fromStack(stack);
    const { ReadManifests, DecryptManifests } = stepStatements(template);
    const bucket = 'arn:${AWS::Partition}:s3:::cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}';
    const { StringEquals, StringLike } = DecryptManifests.Condition;
    expect([DecryptManifests.Action, resourcesOf(DecryptManifests)]).toEqual(['kms:Decrypt', ['arn:${AWS::Partition}:kms:${AWS::Region}:*:key/*']]);
    expect(flat(StringEquals['kms:ViaService'])).toBe('s3.${AWS::Region}.${AWS::URLSuffix}');
    expect(StringLike['kms:EncryptionContext:aws:s3:arn'].map(flat)).toEqual([bucket, ...resourcesOf(ReadManifests)]);
  });

  test('another stack has another extension', () => {
    const app = new App();
    const keys = ['One', 'Two'].map(id => {
      const stack = new Stack(app, id);
      bigFleet(stack);
      return stack;
    }).map(stack => fleetProperties(stack).Manifest.Key);
    expect(keys[0].split('.')[0]).toBe(keys[1].split('.')[0]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  test('no asset, no permission', () => {
    const stack = newStack();
    newFleet(stack);
    expect(stepStatements(Template.fromStack(stack)).ReadManifests).toBeUndefined();
  });
});
