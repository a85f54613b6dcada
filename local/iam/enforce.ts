import type { Denial, IamRegistry } from './registry';
import type { ServiceRequests } from './requests';
import { Call, Middleware, Service, ServiceError } from '../core/service';

/** Checks every call with a role's key against the policies of the role. */
export function enforcement(iam: IamRegistry, requests: Readonly<Record<string, ServiceRequests>>): Middleware {
  return async (call, next) => {
    const rights = iam.rightsOf(call.caller);
    if (rights === 'nothing') throw invalidCredentials(call.service);
    if (rights === 'by policy') {
      const principal = iam.principalOf(call.caller)!;
      for (const request of asks(call, requests)) {
        const denial = iam.refusal(principal, request);
        if (denial) throw accessDenied(call.service, denial);
      }
    }
    return next();
  };
}

/** The service, with a middleware that is closer to it than those of the endpoint. */
export function behind(middleware: Middleware, service: Service): Service {
  return {
    signingName: service.signingName,
    parse: (request) => service.parse(request),
    handle: (call) => middleware(call, () => service.handle(call)),
    reply: (error) => service.reply(error),
  };
}

/** A denial in each service's own form, with AWS's text. */
export function accessDenied(service: string, { principal, action, resource, reason, explicit }: Denial): ServiceError {
  const on = service === 's3' ? JSON.stringify(resource) : resource;
  const { code, status } = FORMS[service]?.denied ?? JSON_FORM.denied;
  return new ServiceError(code, `User: ${principal} is not authorized to perform: ${action} on resource: ${on} ${explicit ? 'with' : 'because'} ${reason}`, status);
}

interface Form { readonly denied: { code: string; status: number }; readonly invalid: { code: string; status: number; message: string } }

const INVALID_TOKEN = 'The security token included in the request is invalid.';
const JSON_FORM: Form = {
  denied: { code: 'AccessDeniedException', status: 400 },
  invalid: { code: 'UnrecognizedClientException', status: 400, message: INVALID_TOKEN },
};
const QUERY_FORM: Form = {
  denied: { code: 'AccessDenied', status: 403 },
  invalid: { code: 'InvalidClientTokenId', status: 403, message: INVALID_TOKEN },
};
/** Services with a protocol other than AWS JSON. */
const FORMS: Readonly<Record<string, Form>> = {
  cloudformation: QUERY_FORM,
  sts: QUERY_FORM,
  lambda: { denied: { ...JSON_FORM.denied, status: 403 }, invalid: { ...JSON_FORM.invalid, status: 403 } },
  s3: {
    denied: QUERY_FORM.denied,
    invalid: { code: 'InvalidAccessKeyId', status: 403, message: 'The AWS Access Key Id you provided does not exist in our records.' },
  },
};

function invalidCredentials(service: string): ServiceError {
  const { code, message, status } = (FORMS[service] ?? JSON_FORM).invalid;
  return new ServiceError(code, message, status);
}

/** If the permissions of an operation are not known here, only the deployer may call it. */
function asks(call: Call, requests: Readonly<Record<string, ServiceRequests>>) {
  const operations = requests[call.service];
  if (operations && Object.hasOwn(operations, call.operation)) return operations[call.operation](call);
  const { code, status } = (FORMS[call.service] ?? JSON_FORM).denied;
  throw new ServiceError(code, `the local IAM does not know which permissions ${call.service}:${call.operation} takes, so only the deployer may call it`, status);
}
