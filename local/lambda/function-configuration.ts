/** What a function is made from; as AWS::Lambda::Function says it, with the defaults filled in. */
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
  /** How many invocations may run at once; undefined for as many as come. */
  readonly reservedConcurrency?: number;
  /** A zip archive, or the text of an `index.js`. */
  readonly code: { readonly archive: Buffer } | { readonly source: string };
}

/** How an invocation ended: like Lambda, a failure is an answer too. */
export interface InvocationResult {
  readonly requestId: string;
  readonly payload: string;
  readonly functionError?: 'Unhandled';
}

export function failure(requestId: string, errorType: string, errorMessage: string): InvocationResult {
  return { requestId, functionError: 'Unhandled', payload: JSON.stringify({ errorType, errorMessage }) };
}
