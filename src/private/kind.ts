/**
 * What an instance of one of our classes says to the construct alone: under a symbol, so that neither its type nor other languages
 * show it. The symbol is the same in every copy of this library that an app has.
 */
const KEPT = Symbol.for('cdk-bulk-workspaces:kept');

interface Kept<Content> {
  readonly kind: string;
  readonly content: Content;
}

/** One of our classes of values: several look alike, and people write plain JavaScript, too. */
export class Kind<Content = undefined> {
  constructor(public readonly name: string) {}

  /** Called once by each instance. */
  public keep(instance: object, content: Content): void {
    const kept: Kept<Content> = { kind: this.name, content };
    Object.defineProperty(instance, KEPT, { value: kept });
  }

  public has(value: any): boolean {
    return value?.[KEPT]?.kind === this.name;
  }

  public contentOf(instance: object): Content {
    return (instance as { [KEPT]: Kept<Content> })[KEPT].content;
  }
}
