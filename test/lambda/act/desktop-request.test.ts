import { desktopRequest } from '../../../lambda/act/desktop-request';


test('a desktop is never asked for with a key that was not resolved', () => {
  const wanted = { userName: 'ana', settings: { BundleId: 'b', VolumeEncryptionKey: 'alias/x' } };
  expect(() => desktopRequest(wanted, 'd-1', 'f/1', { 'alias/y': 'arn' })).toThrow('the key alias/x was not resolved');
});
