import { DefaultTokenResolver, IPostProcessor, IResolvable, IResolveContext, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** Whether a value, or anything in it, is known only when the stack is deployed. Much quicker than resolving it, for those of 10,000 users. */
export function hasTokens(value: unknown): boolean {
  // Every encoding of a token has this in it, once numbers are texts.
  return JSON.stringify(value)?.includes('Token[') ?? false;
}

/**
 * A text that is equal for equal values, whether they are literal or known only when the stack is deployed.
 *
 * The string form of a token will not do, as each use of `Ref` may make a new one; nor will what it resolves to, as two
 * keys of two stacks both are `Fn::GetAtt: [Key, Arn]` until the references between the stacks are wired.
 */
export function identityOf(scope: IConstruct, value: unknown): string {
  if (!hasTokens(value)) return JSON.stringify(value) ?? 'undefined';
  return JSON.stringify(Tokenization.resolve(value, { scope, resolver: new IdentityResolver(), preparing: false })) ?? 'undefined';
}

class IdentityResolver extends DefaultTokenResolver {
  constructor() {
    super({ join: (left: any, right: any) => [left, right] });
  }

  public resolveToken(token: IResolvable, context: IResolveContext, postProcessor: IPostProcessor): any {
    return Reference.isReference(token) && Stack.of(token.target) !== Stack.of(context.scope)
      ? { reference: token.target.node.addr, of: token.displayName }
      : super.resolveToken(token, context, postProcessor);
  }
}
