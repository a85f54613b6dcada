import type { KeyArns } from './desktop-request';
import type { KeysApi } from '../aws/keys';
import { DeploymentFailure } from '../core/deployment-failure';
import type { DesiredDesktop } from '../request/resource-properties';

/** So many keys are looked at at the same time: 20,000 users may have one each, and a step has less than a minute. */
const AT_ONCE = 25;

interface FoundKeys {
  /** By the text that names each key in the template. */
  readonly arns: KeyArns;
  /** By the same text: why it cannot be used. */
  readonly unusable: readonly (readonly [string, DeploymentFailure])[];
}

/** The ARNs of keys. Each key is looked at once in a step. They are not in the ledger: a fleet may have more keys than an item has room for. */
export class KeysOfStep {
  private readonly known = new Map<string, string | DeploymentFailure>();

  constructor(private readonly keys: KeysApi) {}

  /** @throws DeploymentFailure if one of these desktops cannot have its key */
  async require(desktops: readonly DesiredDesktop[]): Promise<void> {
    const { unusable: [first] } = await this.find(desktops);
    if (first) throw first[1];
  }

  /** The keys of these desktops. */
  async find(desktops: readonly DesiredDesktop[]): Promise<FoundKeys> {
    const keys = [...new Set(desktops.flatMap(({ settings }) => settings.VolumeEncryptionKey ?? []))];
    const unknown = keys.filter((key) => !this.known.has(key));
    for (let i = 0; i < unknown.length; i += AT_ONCE) {
      await Promise.all(unknown.slice(i, i + AT_ONCE).map(async (key) => this.known.set(key, await this.lookAt(key))));
    }
    const found = keys.map((key) => [key, this.known.get(key)!] as const);
    return {
      arns: Object.fromEntries(found.flatMap(([key, arn]) => (typeof arn === 'string' ? [[key, arn]] : []))),
      unusable: found.flatMap(([key, failure]) => (typeof failure === 'string' ? [] : [[key, failure] as const])),
    };
  }

  private async lookAt(key: string): Promise<string | DeploymentFailure> {
    try {
      return await this.keys.usableKeyArn(key);
    } catch (error) {
      if (!(error instanceof DeploymentFailure)) throw error;
      return error;
    }
  }
}
