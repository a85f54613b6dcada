import { DefaultTokenResolver, IPostProcessor, IResolvable, IResolveContext, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

/** Whether a value, or anything in it, is a token. For the values of 10,000 users, this is much quicker than resolving them. */
export function hasTokens(value: unknown): boolean {
  // Every encoding of a token contains this. Numbers have been turned into strings before.
  return JSON.stringify(value)?.includes('Token[') ?? false;
}

/**
 * Returns a string that is equal for equal values, literal ones and tokens.
 *
 * The string form of a token is not enough, because each use of `Ref` may make a new one. The resolved form is not enough either: until
 * CDK has replaced the references between stacks, the keys of two stacks can both resolve to `Fn::GetAtt: [Key, Arn]`.
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
