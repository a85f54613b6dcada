import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as ts from 'typescript';
import { Fixture, FIXTURES } from './record';
import { digest, eventId, fleetId, physicalId, userKey } from '../../lambda/request/identity';
import * as contract from '../../src/private/contract';

// What has been deployed once is never renamed, and never given another meaning: both lists here only ever grow.

const CONTRACT = path.join(__dirname, '..', '..', 'src', 'private', 'contract.ts');
const NAMES = JSON.parse(fs.readFileSync(path.join(__dirname, 'names.json'), 'utf8')) as { constants: object; members: Record<string, readonly string[]> };

interface Recorded {
  readonly file: string;
  readonly sha256: string;
}

/** Lines as `sha256sum` writes them. */
const frozen = fs.readFileSync(path.join(__dirname, 'fixtures.sha256'), 'utf8').trim().split('\n').map((line): Recorded => {
  const [sha256, file] = line.split(/\s+/);
  return { file, sha256 };
});

function recorded(): Recorded[] {
  return fs.readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json')).sort().map((file) => {
    const sha256 = createHash('sha256').update(fs.readFileSync(path.join(FIXTURES, file))).digest('hex');
    return { file: file.split(path.sep).join('/'), sha256 };
  });
}

test('fixtures are only ever added to', () => {
  const now = new Map(recorded().map(({ file, sha256 }) => [file, sha256]));
  // Whoever ends up here has changed what was recorded: put it back. For another shape, record another version (README.md).
  expect(frozen.map(({ file }) => ({ file, sha256: now.get(file) }))).toEqual(frozen);
});

test('every fixture is frozen', () => {
  expect(recorded()).toEqual([...frozen].sort((a, b) => (a.file < b.file ? -1 : 1)));
});

test('names that outlive a deployment stay as they are', () => {
  const { RESOURCE_TYPE, IDS_RESOURCE_TYPE, OWNERSHIP_TAG, ADOPTED_TAG, HANDLERS, ENVIRONMENT, MAX_RESPONSE_BYTES } = contract;
  const { TABLE_PARTITION_KEY, TABLE_SORT_KEY } = contract;
  const names = { RESOURCE_TYPE, IDS_RESOURCE_TYPE, OWNERSHIP_TAG, ADOPTED_TAG, TABLE_PARTITION_KEY, TABLE_SORT_KEY };
  expect({ ...names, HANDLERS, ENVIRONMENT, MAX_RESPONSE_BYTES }).toMatchObject(NAMES.constants);
});

test('what identities are made of stays as it is: desktops and rows of the ledger carry them', () => {
  const event = { StackId: 'arn:aws:cloudformation:us-east-1:123456789012:stack/Test/5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f', LogicalResourceId: 'Fleet' };
  expect({
    fleetId: fleetId(event),
    physicalId: physicalId(event, 'd-90677cc91c'),
    eventId: eventId({ ResponseURL: 'https://example.com/?x=1' }),
    userKey: userKey('Åsa.O'),
    // In rows, to tell a rollback by.
    digest: digest({ ServiceToken: 'x', Users: [{ UserNames: ['b', 'a'], Settings: '0' }], Tags: { b: '1', a: '2' } } as never),
  }).toEqual({
    fleetId: '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c',
    physicalId: '5f0c1d9e-0a3b-4c2d-8e1f-6a7b8c9d0e1f/2bb4f92c/d-90677cc91c',
    eventId: 'b07f379755c4b1b5',
    userKey: 'åsa.o',
    digest: 'abdac838c1573156',
  });
});

/** `Name?: 'A' | 'B'` of every member of every interface, with its type only where that is a list of texts. */
function membersOf(): Record<string, string[]> {
  const source = ts.createSourceFile(CONTRACT, fs.readFileSync(CONTRACT, 'utf8'), ts.ScriptTarget.Latest, true);
  const isText = (type: ts.TypeNode) => ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal);
  return Object.fromEntries(source.statements.filter(ts.isInterfaceDeclaration).map(({ name, members }) => [
    name.text,
    members.filter(ts.isPropertySignature).flatMap((member) => {
      const signature = `${member.name.getText()}${member.questionToken ? '?' : ''}`;
      const types = member.type && ts.isUnionTypeNode(member.type) ? [...member.type.types] : [member.type!];
      return [signature, ...types.filter(isText).map((type) => `${signature} ${type.getText()}`)];
    }),
  ]));
}

test('members of the wire format stay as they are', () => {
  const members = membersOf();
  for (const [name, then] of Object.entries(NAMES.members)) {
    expect({ name, members: members[name] }).toEqual({ name, members: expect.arrayContaining([...then]) });
  }
});

test('members that come are optional in what the construct sends, and are frozen as well', () => {
  const members = membersOf();
  const attributes = 'BulkWorkspacesAttributes'; // every one is always there: a template of before does not ask for it
  const added = Object.entries(members).flatMap(([name, all]) => all.filter((each) => !NAMES.members[name]?.includes(each)).map((each) => `${name}.${each}`));
  expect(added.filter((each) => !each.includes('?') && !each.startsWith(attributes))).toEqual([]);
  // Add them to names.json, and record a version that has them (README.md).
  expect(added).toEqual([]);
});

describe('the fixtures', () => {
  const all = frozen.map(({ file }) => ({ file, fixture: JSON.parse(fs.readFileSync(path.join(FIXTURES, file), 'utf8')) as Fixture }));

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

  test('have the keys of the ledger as they are', () => {
    for (const { file, fixture } of all) {
      const { fleetId: id, directory } = { fleetId: fleetId(fixture.event), directory: fixture.event.ResourceProperties.DirectoryId };
      const keys = fixture.ledger.map(({ pk, sk }) => `${pk.S} ${sk.S}`);
      expect({ file, keys }).toEqual({ file, keys: expect.arrayContaining([`fleet#${id}#${directory} fleet`, 'lease lease', `fleet#${id}#${directory} call#00000000`]) });
    }
  });
});
