import { ELSEWHERE } from '../../local/core/elsewhere';

// To be imported before anything of the local cloud: where that is.

export const ENV = { account: '111122223333', region: 'eu-west-1' };
process.env[ELSEWHERE.account] = ENV.account;
process.env[ELSEWHERE.region] = ENV.region;
