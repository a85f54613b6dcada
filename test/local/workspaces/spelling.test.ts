import type { Spelling } from '../../../local/workspaces/service-options';
import { spelled } from '../../../local/workspaces/spelling';

test.each<[Spelling, string | undefined]>([
  ['as asked', 'Zo\u00e9'],
  ['domain', 'CORP\\Zo\u00e9'],
  ['principal', 'Zo\u00e9@corp.example.com'],
  ['capitals', 'ZO\u00c9'],
  ['decomposed', 'Zoe\u0301'],
  ['none', undefined],
])('a name spelled: %s', (spelling, expected) => {
  expect(spelled('Zo\u00e9', spelling)).toBe(expected);
});
