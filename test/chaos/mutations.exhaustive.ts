import { missed } from './hunt-all';
import { MUTATIONS } from './mutations';

test('every break of the handler is found', async () => {
  expect(await missed(MUTATIONS)).toEqual([]);
}, 900_000);
