import { cuts, testCuts } from './permissions-life';

// If any statement or action is removed from the provider's roles, something is denied and fails.

testCuts(cuts());
