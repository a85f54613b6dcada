import type { Services } from './services';
import type { BulkWorkspacesProperties } from '../../src/private/contract';
import { failureOf } from '../aws/errors';
import { DeploymentFailure } from '../core/deployment-failure';
import { log } from '../core/log';
import type { FleetKey } from '../ledger/rows';
import type { ReadManifest } from '../request/resource-properties';

const PUT_IT_BACK = 'The ledger has no copy of this list. Upload it again: synthesize the app as it was deployed before, and publish its assets (npx cdk-assets publish)';

/** Reads what properties say with which a fleet was deployed before. */
export type ReadDeployed = <T>(
  properties: BulkWorkspacesProperties,
  read: (properties: BulkWorkspacesProperties, readManifest: ReadManifest) => Promise<T>,
  directoryId?: string,
) => Promise<T>;

/** The manifests of one fleet, for one step. */
export class Manifests {
  private readonly texts = new Map<string, string>();
  /** Those of which the copy was read. */
  private readonly copied = new Set<string>();

  constructor(private readonly services: Pick<Services, 'readManifest' | 'manifestCopies'>, private readonly key: FleetKey) {}

  /** Reads properties that are new. Nothing replaces their manifest. */
  readonly read: ReadManifest = async (location) => {
    const text = await this.services.readManifest(location);
    this.texts.set(urlOf(location), text);
    return text;
  };

  /** If the manifest is gone, damaged or denied, the ledger's copy is read. A rollback, and a search for desktops, must not depend on an old S3 object. */
  readonly readDeployed: ReadDeployed = async (properties, read, directoryId = this.key.directoryId) => {
    try {
      return await read(properties, this.read);
    } catch (error) {
      const { Manifest: location } = properties;
      if (!location || !(error instanceof DeploymentFailure || failureOf(error) === 'denied')) throw error;
      const text = await this.services.manifestCopies.read({ ...this.key, directoryId }, location);
      if (text === undefined) throw withWayOut(error as Error);
      log('copy of the manifest', { because: (error as Error).message });
      this.copied.add(urlOf(location));
      this.texts.set(urlOf(location), text);
      return read(properties, async () => text);
    }
  };

  /** Says that copies were used. */
  get notices(): readonly string[] {
    return [...this.copied].map((url) => (
      `the list of users at ${url} could not be read, so the ledger's copy of it was used. Keep assets for as long as a rollback may need them (cdk gc --rollback-buffer-days)`
    ));
  }

  /** Copies the manifest of a deployment that succeeds. */
  async keep(generation: number, location: BulkWorkspacesProperties['Manifest']): Promise<void> {
    const text = location && this.texts.get(urlOf(location));
    if (text !== undefined) await this.services.manifestCopies.keep(this.key, generation, location!, text);
  }
}

function urlOf({ Bucket, Key }: NonNullable<BulkWorkspacesProperties['Manifest']>): string {
  return `s3://${Bucket}/${Key}`;
}

function withWayOut(error: Error): Error {
  error.message = `${error.message}. ${PUT_IT_BACK}`;
  return error;
}
