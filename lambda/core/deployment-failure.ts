/** The deployment has failed. CloudFormation shows the message to the person who deploys. */
export class DeploymentFailure extends Error {
  override readonly name = 'DeploymentFailure';
}
