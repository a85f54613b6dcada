import { phaseOf } from '../../../lambda/decide/phase';
import type { User } from '../../../lambda/ledger/user';

test('after a temporary refusal, a user waits a little before the next try', () => {
  const failure = { code: '400', message: '', attempts: 1, generation: 1, at: 1_000 };
  const user: User = { key: 'ana', userName: 'ana', record: { state: 'refused', userName: 'ana', settings: 0, failure } };
  expect(phaseOf(user, { generation: 1, now: 2_000 })).toBe('retry');
  expect(phaseOf(user, { generation: 1, now: 31_000 })).toBe('absent');
  expect(phaseOf(user, { generation: 2, now: 2_000 })).toBe('absent');
});
