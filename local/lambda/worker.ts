/** Messages from a function's runtime to its sandbox. */
export interface LambdaError { readonly errorType: string; readonly errorMessage: string; readonly trace?: string[] }

export type Message =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly payload: string }
  | { readonly type: 'failed' | 'init-failed'; readonly error: LambdaError; readonly exits?: boolean };

/** One invocation, as the runtime receives it. */
export interface Invocation { readonly requestId: string; readonly arn: string; readonly event: string; readonly timeoutMs: number }

/** Events of a worker. `ended` is the last one. */
export interface WorkerEvents {
  message(message: Message): void;
  ended(description: string): void;
}

/** Runs child/bootstrap.js, the runtime of one function, in a separate process or in this one. */
export interface Worker {
  /** Resolves when no part of it runs any more, and all its output has been read. */
  readonly gone: Promise<void>;
  /** No effect after its end. */
  send(invocation: Invocation): void;
  /** Ends it. Anything that it does later has no effect. */
  kill(): void;
}
