/** One JSON object for a decision. Never log an event: it has the URL with which anyone can answer in our name. */
export function log(what: string, details: Readonly<Record<string, string | number | boolean | undefined>>): void {
  console.log({ what, ...details });
}
