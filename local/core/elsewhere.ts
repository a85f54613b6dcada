/** Environment variables with the account and the Region of a local cloud that is loaded later. */
export const ELSEWHERE = { account: 'LOCAL_CLOUD_ACCOUNT', region: 'LOCAL_CLOUD_REGION' } as const;

const ALLOWED = {
  account: { pattern: /^\d{12}$/, what: 'It must have 12 digits, such as 111122223333.' },
  // Only Regions of the partition `aws`.
  region: {
    pattern: /^(af|ap|ca|eu|il|me|mx|sa|us)-(north|south|east|west|central|northeast|northwest|southeast|southwest)-\d$/,
    what: 'It must be a Region such as eu-west-1, and not one of China or GovCloud.',
  },
};

/** @throws if the value is not allowed */
export function check(what: keyof typeof ALLOWED, value: string): string {
  if (!ALLOWED[what].pattern.test(value)) throw new Error(`${JSON.stringify(value)} cannot be the local cloud's ${what}. ${ALLOWED[what].what}`);
  return value;
}
