import { AnswerTime } from '../../../lambda/request/answer-time';

const MINUTE = 60_000;
const of = (timeout: number) => {
  const { deadline, due, closing } = new AnswerTime(0, timeout);
  return { deadline, due, closing };
};

test('all work stops before the answer is due, so that the last calls have ended by then', () => {
  expect(of(50 * MINUTE)).toEqual({ closing: 36_000, deadline: 49.4 * MINUTE, due: 50 * MINUTE });
});

test('of a timeout of a minute, most is for the work', () => {
  expect(of(MINUTE)).toMatchObject({ closing: 18_000, deadline: 42_000, due: MINUTE });
});

test('an event whose operation is not known may have the longest time', () => {
  const event = (RequestType: string) => ({ RequestType, ResourceProperties: { TimeoutSeconds: '600' } as never });
  expect(['Create', 'Update', 'Delete'].map((each) => AnswerTime.of(event(each), 0).due)).toEqual([10 * MINUTE, 55 * MINUTE, 55 * MINUTE]);
});
