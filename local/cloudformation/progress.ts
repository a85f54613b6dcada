import type { StackResource } from './stack';

/** What a deployment has done so far, as far as a rollback has to know it. */
export interface Progress {
  /** By logical id. */
  readonly created: Map<string, StackResource>;
  /** Resources as they were before they were changed, by logical id. */
  readonly before: Map<string, StackResource>;
  /** Replaced resources, to be deleted when the deployment has succeeded. */
  readonly replaced: StackResource[];
}
