import { Clock, RunningClock } from '../core/clock';
import type { Endpoint } from '../core/endpoint';
import type { ResponseUrls } from '../response-url';

/** What the machine gives to every function. */
export interface Host {
  readonly clock: Clock;
  readonly nodeBinary: string;
  /** Where functions find an SDK, as in the Lambda runtime. */
  readonly nodeModules: string;
  readonly endpointUrl: string;
  /** What a function in this process calls, where others use sockets. */
  readonly endpoint: Pick<Endpoint, 'dispatch'>;
  /** Where the ResponseURLs are answered, and the certificate to trust there. */
  readonly responses: Pick<ResponseUrls, 'port' | 'certificateFile' | 'receive'>;
  /** The access key of a function that runs under a role. */
  accessKeyFor(functionName: string, roleArn: string): string;
}

/** How many of the cloud's milliseconds pass in one of the host's. */
export function factorOf(clock: Clock): number {
  return clock instanceof RunningClock ? clock.factor : 1;
}

/** Work does not get faster with a scaled clock, so a timeout never gets shorter than this, in milliseconds of the host. */
const SHORTEST_TIMEOUT_MS = 3_000;

/** When a function has run for its timeout. @returns takes it back */
export function sandboxTimeout(clock: Clock, seconds: number, fire: () => void): () => void {
  const ms = seconds * 1_000;
  return clock.after(clock instanceof RunningClock ? Math.max(ms, Math.min(ms, SHORTEST_TIMEOUT_MS) * clock.factor) : ms, fire);
}
