import { MINUTE } from '../../../lambda/core/clock';
import { sentAt } from '../../../lambda/request/sent-at';

const NOW = Date.UTC(2026, 10, 27, 18, 30, 0, 500);
const urlWith = (query: string) => ({ ResponseURL: `https://cloudformation-custom-resource-response-useast1.s3.amazonaws.com/x%7Cy?${query}` });

test.each([
  ['signature version 4', 'X-Amz-Date=20261127T182000Z&X-Amz-Expires=7199', Date.UTC(2026, 10, 27, 18, 20)],
  ['the older form, which expires after two hours', `AWSAccessKeyId=AKIA&Expires=${Date.UTC(2026, 10, 27, 20, 20) / 1000}&Signature=x`, Date.UTC(2026, 10, 27, 18, 20)],
  ['no date: the time of arrival', 'X-Amz-Signature=x', NOW],
  ['a date of the future: the time of arrival', 'X-Amz-Date=20990101T000000Z', NOW],
  ['a date that is none: the time of arrival', 'X-Amz-Date=20261399T999999Z', NOW],
  ['an empty date: the time of arrival', 'X-Amz-Date=', NOW],
  ['an expiry that is no number: the time of arrival', 'Expires=soon', NOW],
  ['an expiry of the far future: the time of arrival', `Expires=${(NOW + 9_999 * MINUTE) / 1000}`, NOW],
])('when an event was sent, by %s', (_what, query, expected) => {
  expect(sentAt(urlWith(query), NOW)).toBe(expected);
});
