/** The deployment has failed: its message is what CloudFormation and the person in front of it are told. */
export class DeploymentFailure extends Error {
  override readonly name = 'DeploymentFailure';
}
