export { behind, enforcement } from './enforce';
export { keyAccess } from './key-access';
export { mayLog } from './log-access';
export type { Policy, PolicyDocument } from './policy';
export { sessionArn } from './principal';
export type { Principal } from './principal';
export { IamRegistry } from './registry';
export type { AuthorizationRequest, Denial } from './registry';
export { allRequests } from './requests';
