import { randomUUID } from 'node:crypto';
import type { FunctionConfiguration } from './function-configuration';
import type { Host } from './host';
import { REGION } from '../core/account';

/** The variables of Lambda's runtime. It has none of the host's own environment. */
export function environmentOf(configuration: FunctionConfiguration, folder: string, sandboxId: string, host: Host): Record<string, string> {
  const { name, handler, memoryMb, roleArn, runtime, environment } = configuration;
  return {
    ...environment,
    _HANDLER: handler,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${randomUUID().replace(/-/g, '')}`,
    AWS_ACCESS_KEY_ID: host.accessKeyFor(name, roleArn),
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: sandboxId,
    AWS_ENDPOINT_URL: host.endpointUrl,
    AWS_EC2_METADATA_DISABLED: 'true',
    LAMBDA_TASK_ROOT: folder,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    NODE_PATH: host.nodeModules,
  };
}
