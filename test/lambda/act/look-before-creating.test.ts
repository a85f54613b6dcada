import { KeysOfStep } from '../../../lambda/act/key-arns';
import { lookBeforeCreating } from '../../../lambda/act/preflight';

test('a directory without a type is accepted; every key is resolved once', async () => {
  const api = { directory: async (id: string) => ({ id }), bundles: async (ids: readonly string[]) => new Set(ids) };
  const usableKeyArn = jest.fn(async (key: string) => `arn of ${key}`);
  const keys = new KeysOfStep({ usableKeyArn });
  const wanted = ['a', 'a', 'b', undefined].map((VolumeEncryptionKey) => ({ userName: 'ana', settings: { BundleId: 'wsb-1', VolumeEncryptionKey } }));
  await lookBeforeCreating(api, keys, 'd-1', wanted);
  expect(await keys.find(wanted)).toEqual({ arns: { a: 'arn of a', b: 'arn of b' }, unusable: [] });
  expect(usableKeyArn).toHaveBeenCalledTimes(2);
});

test('of several bundles that do not exist the first is named, with its user, and the others are counted', async () => {
  const api = { directory: async (id: string) => ({ id }), bundles: async () => new Set(['wsb-1']) };
  const wanted = ['wsb-1', 'wsb-2', 'wsb-3', 'wsb-4', 'wsb-3'].map((BundleId, i) => ({ userName: `user${i}`, settings: { BundleId } }));
  await expect(lookBeforeCreating(api, new KeysOfStep({ usableKeyArn: async () => '' }), 'd-1', wanted)).rejects.toThrow('the bundle "wsb-2" (of user1) and 2 more does not exist');
});
