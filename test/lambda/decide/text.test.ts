import { list } from '../../../lambda/decide/text';

test('a list names the first few, and says how many more there are', () => {
  expect(list(['a', 'b'], String)).toBe('a; b');
  expect(list(['a', 'b', 'c', 'd', 'e', 'f', 'g'], String)).toBe('a; b; c; d; e and 2 more');
  expect(list(['a'.repeat(500), 'b'.repeat(300), 'c'], String)).toBe(`${'a'.repeat(500)} and 2 more`);
  expect(list(['a'.repeat(900)], String)).toBe('a'.repeat(900));
});
