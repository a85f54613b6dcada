import { exhaust } from './workers';

// A part of `npm run chaos -- --exhaustive`, which also has the orders that begin otherwise.

test('one operation, with any fault at any call, and what follows: all guarantees are kept', async () => {
  expect((await exhaust({ depth: 1, enough: 10 })).failures).toEqual([]);
}, 600_000);

test('an operation on two desktops, with any fault at any call: all guarantees are kept', async () => {
  expect((await exhaust({ depth: 2, beginning: 'ana+bo,', enough: 10 })).failures).toEqual([]);
}, 600_000);
