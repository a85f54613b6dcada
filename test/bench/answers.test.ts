import { states, stepIn } from '../../bench/answers';

// What is measured does what its name says. How long it takes is not tested.

test('a step that answers gives an answer, and one that waits or works gives none', () => {
  const named = states();
  expect(named.length).toBeGreaterThan(5);
  for (const state of named) {
    expect([state, stepIn(state, 60).Status]).toEqual([state, state.startsWith('answers') ? 'DONE' : expect.stringMatching(/NOT_YET|DONE/)]);
  }
});
