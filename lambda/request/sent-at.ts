import { HOUR, SECOND } from '../core/clock';

/** How long a ResponseURL of the older form is valid. It says only when it expires. */
const VALID_FOR = 2 * HOUR;

/**
 * When CloudFormation sent an event, in milliseconds since 1970. The ResponseURL says when it was signed: `X-Amz-Date`, or, in its older form,
 * `Expires`. An event can wait in Lambda's queue for hours, so the time of its arrival says little. The time has whole seconds only. It orders
 * events, and proves nothing: nobody can check the signature.
 * @param now when the event arrived. No event was sent later than that, whatever it says: a date in the future would outlive all real events
 */
export function sentAt({ ResponseURL }: { readonly ResponseURL: string }, now: number): number {
  const query = new URL(ResponseURL).searchParams;
  const [signed, expires] = [query.get('X-Amz-Date'), query.get('Expires')];
  const at = signed !== null ? dateOf(signed) : expires !== null ? Number(expires) * SECOND - VALID_FOR : now;
  return Number.isFinite(at) ? Math.min(at, now) : now;
}

/** `20261127T180000Z` */
function dateOf(text: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
