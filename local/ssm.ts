import { arn } from './core/account';
import type { Clock } from './core/clock';
import { JsonService, Operation } from './core/json-service';
import { ServiceError } from './core/service';

interface Parameter { readonly type: string; readonly value: string; readonly version: number; readonly modified: number }

interface PutParameterInput { Name: string; Value: string; Type?: string; Overwrite?: boolean }

export class SsmService extends JsonService {
  readonly signingName = 'ssm';
  protected readonly targetPrefix = 'AmazonSSM';
  private readonly parameters = new Map<string, Parameter>();

  protected readonly operations: Readonly<Record<string, Operation>> = {
    GetParameter: ({ Name }: { Name: string }) => {
      const parameter = this.describe(Name);
      if (!parameter) throw new ServiceError('ParameterNotFound', `Parameter ${Name} not found.`);
      return { Parameter: parameter };
    },

    GetParameters: ({ Names }: { Names: string[] }) => ({
      Parameters: Names.flatMap((name) => this.describe(name) ?? []),
      InvalidParameters: Names.filter((name) => !this.parameters.has(name)),
    }),

    PutParameter: ({ Name, Value, Type, Overwrite }: PutParameterInput) => {
      if (this.parameters.has(Name) && !Overwrite) {
        throw new ServiceError('ParameterAlreadyExists', 'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.');
      }
      return { Version: this.put(Name, Value, Type), Tier: 'Standard' };
    },

    DeleteParameter: ({ Name }: { Name: string }) => {
      if (!this.parameters.delete(Name)) throw new ServiceError('ParameterNotFound', `Parameter ${Name} not found.`);
      return {};
    },
  };

  constructor(private readonly clock: Clock) {
    super();
  }

  value(name: string): string | undefined {
    return this.parameters.get(name)?.value;
  }

  /** @returns the new version of the parameter */
  put(name: string, value: string, type = 'String'): number {
    const version = (this.parameters.get(name)?.version ?? 0) + 1;
    this.parameters.set(name, { type, value, version, modified: this.clock.now() });
    return version;
  }

  delete(name: string): void {
    this.parameters.delete(name);
  }

  private describe(name: string): object | undefined {
    const parameter = this.parameters.get(name);
    return parameter && {
      Name: name,
      Type: parameter.type,
      Value: parameter.value,
      Version: parameter.version,
      LastModifiedDate: parameter.modified / 1_000,
      ARN: arn('ssm', `parameter/${name.replace(/^\//, '')}`),
      DataType: 'text',
    };
  }
}
