import type { KeyArns } from './desktop-request';
import type { KeysApi } from '../aws/keys';
import type { DesiredDesktop } from '../request/resource-properties';

/** So many keys are looked at at the same time: 20,000 users may have one each, and a step has less than a minute. */
const AT_ONCE = 25;

/** The ARNs of keys. Each key is looked at once in a step. They are not in the ledger: a fleet may have more keys than an item has room for. */
export class KeysOfStep {
  private readonly arns = new Map<string, string>();

  constructor(private readonly keys: KeysApi) {}

  /** @throws DeploymentFailure if one of these desktops cannot have its key */
  async arnsFor(desktops: readonly DesiredDesktop[]): Promise<KeyArns> {
    const keys = [...new Set(desktops.flatMap(({ settings }) => settings.VolumeEncryptionKey ?? []))];
    const unknown = keys.filter((key) => !this.arns.has(key));
    for (let i = 0; i < unknown.length; i += AT_ONCE) {
      await Promise.all(unknown.slice(i, i + AT_ONCE).map(async (key) => this.arns.set(key, await this.keys.usableKeyArn(key))));
    }
    return Object.fromEntries(keys.map((key) => [key, this.arns.get(key)!]));
  }
}
