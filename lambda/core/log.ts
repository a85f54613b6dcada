/** One JSON object for a decision. Never an event: it holds the URL with which anyone can answer for us. */
export function log(what: string, details: Readonly<Record<string, string | number | boolean | undefined>>): void {
  console.log({ what, ...details });
}
