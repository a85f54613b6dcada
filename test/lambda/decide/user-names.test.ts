import { matchDesktops } from '../../../lambda/decide/user-names';

const made = (...names: string[]) => names.map((userName, i) => ({ id: `ws-${i}`, userName, state: 'PENDING', rootEncrypted: false, userEncrypted: false, changes: {} }));

test.each<[string, string[], string[], string[], Record<string, string>, string[]]>([
  ['as asked, in any order', ['ana', 'bo'], ['bo', 'ana'], [], { ana: 'ws-1', bo: 'ws-0' }, []],
  ['in capitals', ['ana', 'bo'], ['ANA', 'BO'], [], { ana: 'ws-0', bo: 'ws-1' }, []],
  ['with a domain before them', ['ana', 'bo'], ['CORP\\bo', 'CORP\\ana'], [], { ana: 'ws-1', bo: 'ws-0' }, []],
  ['with a domain after them', ['ana', 'bo'], ['ana@corp.example.com', 'bo@corp.example.com'], [], { ana: 'ws-0', bo: 'ws-1' }, []],
  ['with accents of their own', ['zo\u00e9', 'bo'], ['zoe\u0301', 'bo'], [], { zoé: 'ws-0', bo: 'ws-1' }, []],
  ['with blanks', ['ana', 'bo'], [' ana ', 'bo'], [], { ana: 'ws-0', bo: 'ws-1' }, []],
  ['no name, and one is left', ['ana', 'bo', 'chen'], ['bo', ''], ['chen'], { ana: 'ws-1', bo: 'ws-0' }, []],
  ['no names, and several are left', ['ana', 'bo'], ['', ''], [], {}, ['ws-0', 'ws-1']],
  ['somebody else, beside all who were asked for', ['ana'], ['ana', 'eve'], [], { ana: 'ws-0' }, ['ws-1']],
  ['two desktops of one user', ['ana', 'bo'], ['ana', 'ana'], [], { ana: 'ws-0', bo: 'ws-1' }, []],
  ['two names that are the same without their domains', ['ana', 'ana@x'], ['X\\ana', 'Y\\ana'], [], {}, ['ws-0', 'ws-1']],
  ['nobody', ['ana'], [], [], {}, []],
])('answers with names %s', (_what, asked, names, refused, expected, unclaimed) => {
  const matched = matchDesktops(asked, made(...names), refused);
  expect(Object.fromEntries([...matched.byUser].map(([key, { id }]) => [key, id]))).toEqual(expected);
  expect(matched.unclaimed.map(({ id }) => id)).toEqual(unclaimed);
});

test('an id that is twice in an answer is one desktop', () => {
  const [desktop] = made('ana');
  expect(matchDesktops(['ana', 'bo'], [desktop, desktop], []).unclaimed).toEqual([]);
});
