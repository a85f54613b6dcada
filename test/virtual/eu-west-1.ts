import { ELSEWHERE } from '../../local/core/elsewhere';

// The Region of the local cloud. Import this before anything else of the local cloud.

export const ENV = { account: '111122223333', region: 'eu-west-1' };
process.env[ELSEWHERE.account] = ENV.account;
process.env[ELSEWHERE.region] = ENV.region;
