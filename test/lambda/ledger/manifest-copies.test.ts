import { randomBytes } from 'node:crypto';
import type { ManifestCopies } from '../../../lambda/ledger/manifest-copies';
import { TestStack } from '../test-stack';

const KEY = { fleetId: 'f', directoryId: 'd' };
const [ONE, TWO] = ['one', 'two'].map((Key) => ({ Bucket: 'assets', Key }));
/** Too random to be compressed: as a list of several hundred thousand users. */
const LARGE = randomBytes(1_500_000).toString('base64');

let stack: TestStack;
let copies: ManifestCopies;
beforeEach(async () => {
  stack = await TestStack.startQuick();
  copies = stack.services.manifestCopies;
});
afterEach(() => stack.stop());

const rows = async () => (await stack.rows()).filter(({ sk }) => sk.startsWith('manifest#'));

test.each([['small', '{"Users":[]}'], ['large', LARGE], ['with letters of all kinds', 'zoé ü 日本 😀']])('a copy of a list that is %s is the same', async (_, text) => {
  await copies.keep(KEY, 1_767_225_600, ONE, text);
  expect(await copies.read(KEY, ONE)).toBe(text);
  expect(await copies.read(KEY, TWO)).toBeUndefined();
  expect(await copies.read({ ...KEY, directoryId: 'other' }, ONE)).toBeUndefined();
});

test('of several copies the last one that is whole counts', async () => {
  await copies.keep(KEY, 1, ONE, 'old');
  await copies.keep(KEY, 2, ONE, LARGE);
  expect((await rows()).length).toBeGreaterThan(3);
  expect(await copies.read(KEY, ONE)).toBe(LARGE);
  await stack.deleteRows(({ generation, part }) => generation === 2 && part === 2);
  expect(await copies.read(KEY, ONE)).toBe('old');
});

test('copies of earlier generations are deleted, and no others', async () => {
  for (const [generation, location] of [[1, ONE], [2, TWO], [3, ONE]] as const) await copies.keep(KEY, generation, location, LARGE);
  await copies.dropBefore(KEY, 3);
  expect(new Set((await rows()).map(({ generation }) => generation))).toEqual(new Set([3]));
  expect(await copies.read(KEY, ONE)).toBe(LARGE);
});
