import type { Clock } from '../core/clock';
import { RunningClock } from '../core/clock';

/** What the machine gives to every function. */
export interface Host {
  readonly clock: Clock;
  readonly nodeBinary: string;
  /** Where functions find an SDK, as in the Lambda runtime. */
  readonly nodeModules: string;
  readonly endpointUrl: string;
  /** Where the ResponseURLs are answered, and the certificate to trust there. */
  readonly responses: { readonly port: number; readonly certificateFile: string };
  /** The access key of a function that runs under a role. */
  accessKeyFor(functionName: string, roleArn: string): string;
}

/** How many of the cloud's milliseconds pass in one of the host's. A virtual clock does not reach into a process. */
export function factorOf(clock: Clock): number {
  return clock instanceof RunningClock ? clock.factor : 1;
}

/** Work does not get faster with the clock, so a scaled timeout never gets shorter than this. */
const SHORTEST_TIMEOUT_MS = 3_000;

/** A function's timeout on the host's clock, which its process runs by. */
export function hostTimeoutMs(clock: Clock, timeoutSeconds: number): number {
  const ms = timeoutSeconds * 1_000;
  return Math.max(ms / factorOf(clock), Math.min(ms, SHORTEST_TIMEOUT_MS));
}
