import { list } from '../../../lambda/decide/text';

test('a list names the first few, and says how many more there are', () => {
  expect(list(['a', 'b'], String)).toBe('a; b');
  expect(list(['a', 'b', 'c', 'd', 'e', 'f', 'g'], String)).toBe('a; b; c; d; e and 2 more');
});
