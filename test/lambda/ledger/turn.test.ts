import { type Claim, nextTurn } from '../../../lambda/ledger/turn';
import { MINUTE, SECOND } from '../test-stack';

const NOW = Date.UTC(2026, 10, 27);

function turn(claims: Record<string, Partial<Claim>>): string | undefined {
  const usual: Claim = { since: NOW, dueAt: NOW + 50 * MINUTE, askedAt: NOW };
  const whole = Object.entries(claims).map(([fleet, claim]): [string, Claim] => [fleet, { ...usual, ...claim }]);
  return nextTurn(new Map(whole), NOW);
}

test.each<[string, Record<string, Partial<Claim>>, string | undefined]>([
  ['nobody waits', {}, undefined],
  ['one waits', { a: {} }, 'a'],
  ['the one that has waited longest', { a: { since: NOW - 20 * SECOND }, b: { since: NOW - 40 * SECOND }, c: {} }, 'b'],
  ['of two that began at the same time, always the same one', { b: {}, a: {} }, 'a'],
  ['not one that has not asked for a while', { a: { since: NOW - 5 * MINUTE, askedAt: NOW - 80 * SECOND }, b: {} }, 'b'],
  ['one that asks every 30 seconds, and waits for 25 of them', { a: { since: NOW - 5 * MINUTE, askedAt: NOW - 56 * SECOND }, b: {} }, 'a'],
  ['one whose answer is due soon goes first', { a: { since: NOW - 5 * MINUTE }, b: { dueAt: NOW + 3 * MINUTE } }, 'b'],
  ['one whose answer was due a moment ago', { a: { since: NOW - 5 * MINUTE }, b: { dueAt: NOW - MINUTE } }, 'b'],
  ['not one whose answer was due long ago', { a: { since: NOW - 5 * MINUTE }, b: { dueAt: NOW - 3 * MINUTE } }, 'a'],
  ['of two that are due, the one that is due first', { a: { since: NOW - MINUTE, dueAt: NOW + 2 * MINUTE }, b: { dueAt: NOW + MINUTE } }, 'b'],
])('whose turn it is: %s', (_what, claims, expected) => {
  expect(turn(claims)).toBe(expected);
});
