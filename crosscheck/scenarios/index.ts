import { administration } from './administration';
import { others } from './others';
import { workspaces } from './workspaces';
import type { Scenario } from '../scenario';

/** Everything that is asked of the local services. An operation that occurs in none of them fails shapes.test.ts. */
export const SCENARIOS: readonly Scenario[] = [...workspaces, ...administration, ...others];

/** Those whose every step is about desktops; time is virtual in them, as no process of a function takes part. */
export const DESKTOP_SCENARIOS: readonly Scenario[] = [...workspaces, ...administration];
