/** What a function's runtime says to its sandbox. */
export interface LambdaError { readonly errorType: string; readonly errorMessage: string; readonly trace?: string[] }

export type Message =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly payload: string }
  | { readonly type: 'failed' | 'init-failed'; readonly error: LambdaError; readonly exits?: boolean };

/** One invocation, as the runtime is told of it. */
export interface Invocation { readonly requestId: string; readonly arn: string; readonly event: string; readonly timeoutMs: number }

/** Of a worker's whole life; after `ended` there are no more. */
export interface WorkerEvents {
  message(message: Message): void;
  ended(description: string): void;
}

/** What runs child/bootstrap.js, the runtime of one function: a process of its own, or a part of this one. */
export interface Worker {
  /** Resolves when nothing of it runs any longer, and all that it wrote has been read. */
  readonly gone: Promise<void>;
  /** Without effect after its end. */
  send(invocation: Invocation): void;
  /** Nothing that it does later has an effect. */
  kill(): void;
}
