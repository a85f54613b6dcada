/**
 * List prices in us-east-1, in dollars, without free tiers, copied by hand on the date below. Those of Lambda and DynamoDB agree with figures
 * that others published in 2025. Check all prices before you rely on them.
 */
export const PRICES = {
  writtenDown: '2026-11-24',
  region: 'us-east-1',
  /** https://aws.amazon.com/lambda/pricing/ */
  lambdaRequest: 0.20 / 1e6,
  lambdaGbSecondArm: 0.0000133334,
  lambdaGbSecondX86: 0.0000166667,
  /** https://aws.amazon.com/step-functions/pricing/ (standard workflows) */
  stateTransition: 25 / 1e6,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/ */
  readUnit: 0.125 / 1e6,
  writeUnit: 0.625 / 1e6,
  /** https://aws.amazon.com/s3/pricing/ */
  s3Get: 0.0004 / 1e3,
  /** https://aws.amazon.com/cloudwatch/pricing/ */
  logGb: 0.50,
} as const;

/** The duration of a call of an AWS API from Lambda. It is assumed, because calls take no virtual time. */
export const ASSUMED_CALL_MS = 50;
