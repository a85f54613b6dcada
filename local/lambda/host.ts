import { Clock, RunningClock } from '../core/clock';
import type { Endpoint } from '../core/endpoint';
import type { ResponseUrls } from '../response-url';

/** What every function gets from the local cloud. */
export interface Host {
  readonly clock: Clock;
  readonly nodeBinary: string;
  /** The folder in which functions find an SDK, as in the Lambda runtime. */
  readonly nodeModules: string;
  readonly endpointUrl: string;
  /** A function in this process calls this directly. Other functions use sockets. */
  readonly endpoint: Pick<Endpoint, 'dispatch'>;
  /** The server of the ResponseURLs, and the certificate to trust. */
  readonly responses: Pick<ResponseUrls, 'port' | 'certificateFile' | 'receive'>;
  /** The access key of a function that runs under a role. */
  accessKeyFor(functionName: string, roleArn: string): string;
}

/** How many milliseconds of the cloud pass in one of the host. */
export function factorOf(clock: Clock): number {
  return clock instanceof RunningClock ? clock.factor : 1;
}

/** The shortest timeout, in milliseconds of the host. A scaled clock does not make the function's work faster. */
const SHORTEST_TIMEOUT_MS = 3_000;

/** Calls `fire` when a function has run for its timeout. @returns a function that cancels this */
export function sandboxTimeout(clock: Clock, seconds: number, fire: () => void): () => void {
  const ms = seconds * 1_000;
  return clock.after(clock instanceof RunningClock ? Math.max(ms, Math.min(ms, SHORTEST_TIMEOUT_MS) * clock.factor) : ms, fire);
}
