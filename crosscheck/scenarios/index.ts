import { administration } from './administration';
import { others } from './others';
import { workspaces } from './workspaces';
import type { Scenario } from '../scenario';

/** Everything that is asked of the local services. An operation that occurs in none of them fails shapes.test.ts. */
export const SCENARIOS: readonly Scenario[] = [...workspaces, ...administration, ...others];

/** Scenarios in which every step is about desktops. They run in virtual time, because no function process takes part. */
export const DESKTOP_SCENARIOS: readonly Scenario[] = [...workspaces, ...administration];
