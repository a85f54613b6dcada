import { cuts, testCuts } from './permissions-life';

// Without any one statement or action of the provider's roles, something is denied and goes wrong.

testCuts(cuts());
