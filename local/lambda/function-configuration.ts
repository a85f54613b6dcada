/** The configuration of a function, as in AWS::Lambda::Function, with defaults filled in. */
export interface FunctionConfiguration {
  readonly name: string;
  readonly arn: string;
  readonly runtime: string;
  readonly handler: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly description: string;
  /** @default - `/aws/lambda/<name>` */
  readonly logGroup?: string;
  /** How many invocations may run at once. @default - no limit */
  readonly reservedConcurrency?: number;
  /** A zip archive, or the text of an `index.js`. */
  readonly code: { readonly archive: Buffer } | { readonly source: string };
}

/** How an invocation ended. As in Lambda, a failure is an answer, too. */
export interface InvocationResult {
  readonly requestId: string;
  readonly payload: string;
  readonly functionError?: 'Unhandled';
}

export function failure(requestId: string, errorType: string, errorMessage: string): InvocationResult {
  return { requestId, functionError: 'Unhandled', payload: JSON.stringify({ errorType, errorMessage }) };
}
