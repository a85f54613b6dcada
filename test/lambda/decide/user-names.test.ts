import { matchAnswer } from '../../../lambda/decide/user-names';

const made = (...names: string[]) => names.map((userName, i) => ({ id: `ws-${i}`, userName, state: 'PENDING', rootEncrypted: false, userEncrypted: false, changes: {} }));

const refusals = (...names: string[]) => names.map((who, i) => ({ who, code: `Code${i}`, message: '' }));

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
  ['two desktops of one user', ['ana', 'bo'], ['ana', 'ana'], [], { ana: 'ws-0' }, ['ws-1']],
  ['somebody else instead of who was asked for', ['ana'], ['eve'], [], {}, ['ws-0']],
  ['who has been refused as well', ['ana', 'bo'], ['ana', 'bo'], ['ana'], { ana: 'ws-0', bo: 'ws-1' }, []],
  ['who has been refused as well, with a domain', ['ana', 'bo'], ['X\\ana', 'bo'], ['ana'], { ana: 'ws-0', bo: 'ws-1' }, []],
  ['one of two with the same name without domains, of whom the other was refused', ['x@a', 'x@b'], ['x'], ['x@b'], { 'x@a': 'ws-0' }, []],
  ['two names that are the same without their domains', ['ana', 'ana@x'], ['X\\ana', 'Y\\ana'], [], {}, ['ws-0', 'ws-1']],
  ['nobody', ['ana'], [], [], {}, []],
])('answers with names %s', (_what, asked, names, refused, expected, unclaimed) => {
  const matched = matchAnswer(asked, { made: made(...names), refused: refusals(...refused) });
  expect(Object.fromEntries([...matched.made].map(([key, { id }]) => [key, id]))).toEqual(expected);
  expect(matched.unclaimed.map(({ id }) => id)).toEqual(unclaimed);
});

test('an id that is twice in an answer is one desktop', () => {
  const [desktop] = made('ana');
  expect(matchAnswer(['ana', 'bo'], { made: [desktop, desktop], refused: [] }).unclaimed).toEqual([]);
});

test.each<[string, string[], string[], string[], Record<string, string>]>([
  ['as asked', ['ana', 'bo'], [], ['bo', 'ana'], { bo: 'Code0', ana: 'Code1' }],
  ['with a domain', ['ana', 'bo'], [], ['X\\bo', 'ana@x'], { bo: 'Code0', ana: 'Code1' }],
  ['no name, and one is left', ['ana', 'bo'], ['ana'], [''], { bo: 'Code0' }],
  ['no names, and all who are left have been refused', ['ana', 'bo', 'chen'], ['ana'], ['', ''], { bo: 'Code0', chen: 'Code1' }],
  ['no name, and more users are left', ['ana', 'bo', 'chen'], ['ana'], [''], {}],
  ['no name, and a desktop without a name is left', ['ana', 'bo'], [''], [''], {}],
  ['somebody else', ['ana'], [], ['eve'], {}],
])('refusals with names %s', (_what, asked, names, refused, expected) => {
  const matched = matchAnswer(asked, { made: made(...names), refused: refusals(...refused) });
  expect(Object.fromEntries([...matched.refused].map(([key, { code }]) => [key, code]))).toEqual(expected);
});
