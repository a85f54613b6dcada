import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { frozen, membersOf } from './frozen';
import { FIXTURES, fixturesOf } from './record';
import { DESKTOP_SETTINGS } from '../../lambda/request/desktop-settings';
import { digest, eventId, fleetId, physicalId, userKey } from '../../lambda/request/identity';
import * as contract from '../../src/private/contract';

// A name that has been deployed is never renamed, and never gets another meaning. Both lists here may only grow.

const NAMES = frozen();

interface Recorded {
  readonly file: string;
  readonly sha256: string;
}

const fixtures = Object.entries(NAMES.fixtures).map(([file, sha256]): Recorded => ({ file, sha256 }));

function recorded(): Recorded[] {
  return fs.readdirSync(FIXTURES).sort().map((file) => (
    { file, sha256: createHash('sha256').update(fs.readFileSync(path.join(FIXTURES, file))).digest('hex') }
  ));
}

test('fixtures are never changed or removed', () => {
  const now = new Map(recorded().map(({ file, sha256 }) => [file, sha256]));
  // If this fails, a recorded file was changed. Restore it. For another format, record another version (README.md).
  expect(fixtures.map(({ file }) => ({ file, sha256: now.get(file) }))).toEqual(fixtures);
});

test('every fixture is frozen', () => {
  expect(recorded()).toEqual([...fixtures].sort((a, b) => (a.file < b.file ? -1 : 1)));
});

test('names that outlive a deployment do not change', () => {
  const { RESOURCE_TYPE, IDS_RESOURCE_TYPE, OWNERSHIP_TAG, ADOPTED_TAG, HANDLERS, ENVIRONMENT, MAX_RESPONSE_BYTES } = contract;
  const { TABLE_PARTITION_KEY, TABLE_SORT_KEY } = contract;
  const names = { RESOURCE_TYPE, IDS_RESOURCE_TYPE, OWNERSHIP_TAG, ADOPTED_TAG, TABLE_PARTITION_KEY, TABLE_SORT_KEY };
  expect({ ...names, HANDLERS, ENVIRONMENT, MAX_RESPONSE_BYTES }).toMatchObject(NAMES.constants);
});

test('identities are made in the same way as before: desktops and rows of the ledger carry them', () => {
  const event = { StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f', LogicalResourceId: 'Fleet' };
  expect({
    fleetId: fleetId(event),
    physicalId: physicalId(event, 'd-90677cc91c'),
    eventId: eventId({ ResponseURL: 'https://example.com/?x=1' }),
    userKey: userKey('Åsa.O'),
    // These are in rows, to recognize a rollback.
    digest: digest({ ServiceToken: 'x', Users: [{ UserNames: ['b', 'a'], Settings: '0' }], Tags: { b: '1', a: '2' } } as never),
  }).toEqual({
    fleetId: '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c',
    physicalId: '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c/d-90677cc91c',
    eventId: 'b07f379755c4b1b5',
    userKey: 'åsa.o',
    digest: 'abdac838c1573156',
  });
});

test('members of the wire format do not change', () => {
  const members = membersOf();
  for (const [name, then] of Object.entries(NAMES.members)) {
    const kept = then.filter((each) => !NAMES.retired.includes(`${name}.${each}`));
    if (kept.length > 0) expect({ name, members: members[name] }).toEqual({ name, members: expect.arrayContaining(kept) });
  }
});

test('names that are not used any more are not used again: rows of older versions have them', () => {
  const now = Object.entries(membersOf()).flatMap(([name, all]) => all.map((each) => `${name}.${each}`));
  expect(NAMES.retired.filter((each) => now.some((member) => member.replace('?', '') === each.replace('?', '')))).toEqual([]);
});

test('new members are optional in what the construct sends, and are frozen, too', () => {
  const members = membersOf();
  const attributes = 'BulkWorkspacesAttributes'; // every attribute is always present, and an older template does not read new ones
  const added = Object.entries(members).flatMap(([name, all]) => all.filter((each) => !NAMES.members[name]?.includes(each)).map((each) => `${name}.${each}`));
  const isOfKnown = (each: string) => NAMES.members[each.split('.')[0]] !== undefined;
  expect(added.filter((each) => isOfKnown(each) && !each.includes('?') && !each.startsWith(attributes))).toEqual([]);
  // Record a version that has them (README.md).
  expect(added).toEqual([]);
});

describe('the fixtures', () => {
  const all = fixtures.flatMap(({ file }) => Object.entries(fixturesOf(parseInt(file, 10))).map(([moment, fixture]) => ({ file: `${file} ${moment}`, fixture })));

  test('have the current version of the contract', () => {
    const versions = all.map(({ fixture }) => fixture.event.ResourceProperties.AttributesVersion);
    expect(versions).toContain(contract.ATTRIBUTES_VERSION);
  });

  test('have every property and every attribute', () => {
    const sent = new Set(all.flatMap(({ fixture }) => Object.keys(fixture.event.ResourceProperties)));
    const answered = new Set(all.flatMap(({ fixture }) => Object.keys(fixture.answer ?? {})));
    const namesOf = (name: string) => membersOf()[name].filter((each) => !each.includes(' ')).map((each) => each.replace('?', ''));
    expect(namesOf('BulkWorkspacesProperties').filter((name) => !sent.has(name))).toEqual([]);
    expect(namesOf('BulkWorkspacesAttributes').filter((name) => !answered.has(name))).toEqual([]);
  });

  test('have in each version what is not optional', () => {
    const required = (name: string) => membersOf()[name].filter((each) => !/[? ]/.test(each));
    for (const { file, fixture: { event: { ResourceProperties: sent } } } of all) {
      expect({ file, lacks: required('BulkWorkspacesProperties').filter((name) => !(name in sent)) }).toEqual({ file, lacks: [] });
      const lacks = (sent.Settings ?? []).flatMap((each) => required('DesktopSettings').filter((name) => !(name in each)));
      expect({ file, lacks }).toEqual({ file, lacks: [] });
    }
  });

  test('have every setting of a desktop, and settings are known to the handler', () => {
    const sent = new Set(all.flatMap(({ fixture }) => (fixture.event.ResourceProperties.Settings ?? []).flatMap((each) => Object.keys(each))));
    const settings = membersOf().DesktopSettings.map((each) => each.replace('?', ''));
    expect(settings.filter((name) => !sent.has(name))).toEqual([]);
    expect(Object.keys(DESKTOP_SETTINGS).sort()).toEqual([...settings].sort());
  });

  test('have the keys of the ledger', () => {
    for (const { file, fixture } of all) {
      const { fleetId: id, directory } = { fleetId: fleetId(fixture.event), directory: fixture.event.ResourceProperties.DirectoryId };
      const keys = fixture.ledger.map(({ pk, sk }) => `${pk.S} ${sk.S}`);
      expect({ file, keys }).toEqual({ file, keys: expect.arrayContaining([`fleet#${id}#${directory} fleet`, 'lease lease', `fleet#${id}#${directory} call#00000000`]) });
    }
  });
});
