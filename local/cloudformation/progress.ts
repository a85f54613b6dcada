import type { StackResource } from './stack';

/** What a deployment has done so far, as far as a rollback needs to know it. */
export interface Progress {
  /** By logical id. */
  readonly created: Map<string, StackResource>;
  /** Changed resources as they were before, by logical id. */
  readonly before: Map<string, StackResource>;
  /** Replaced resources, to be deleted after the deployment has succeeded. */
  readonly replaced: StackResource[];
}
