import { AnswerTime } from '../../../lambda/request/answer-time';

const MINUTE = 60_000;
const of = (timeout: number, reserved?: number) => {
  const { deadline, replacesUntil, removesUntil, due, closing } = new AnswerTime(0, timeout, reserved);
  return { deadline, replacesUntil, removesUntil, due, closing };
};

test('all work stops before the answer is due, so that the last calls have ended by then; removals have a little more time', () => {
  const [stops, removesUntil, due] = [49.4 * MINUTE, 50.9 * MINUTE, 50 * MINUTE];
  expect(of(50 * MINUTE)).toEqual({ closing: 36_000, deadline: stops, replacesUntil: stops, removesUntil, due });
  expect(of(50 * MINUTE, 5 * MINUTE)).toMatchObject({ deadline: 44.4 * MINUTE, replacesUntil: 49.4 * MINUTE });
});

test('but not more than the longest timeout', () => {
  expect(of(55 * MINUTE)).toMatchObject({ deadline: 54.4 * MINUTE, removesUntil: 54.4 * MINUTE });
});

test('removals get at most half of the time', () => {
  expect(of(10 * MINUTE, 20 * MINUTE)).toMatchObject({ deadline: 4.7 * MINUTE, replacesUntil: 9.4 * MINUTE });
});

test('of a timeout of a minute, most is for the work', () => {
  expect(of(MINUTE)).toMatchObject({ closing: 18_000, deadline: 42_000, due: MINUTE });
});

test('an event whose operation is not known may have the longest time', () => {
  const event = (RequestType: string) => ({ RequestType, ResourceProperties: { TimeoutSeconds: '600' } as never });
  expect(['Create', 'Update', 'Delete'].map((each) => AnswerTime.of(event(each), 0).due)).toEqual([10 * MINUTE, 55 * MINUTE, 55 * MINUTE]);
});
