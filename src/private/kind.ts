/**
 * The key under which an instance of one of our classes keeps what only the construct may read. It is a symbol, so neither the type nor
 * other languages show it. The symbol is the same in every copy of this library that an app has.
 */
const KEPT = Symbol.for('cdk-bulk-workspaces:kept');

interface Kept<Content> {
  readonly kind: string;
  readonly content: Content;
}

/**
 * Marks the instances of one of our classes of values, and holds their content. Several of these classes have the same members, and plain
 * JavaScript has no compiler, so without the mark one could be taken for another.
 */
export class Kind<Content = undefined> {
  constructor(public readonly name: string) {}

  /** Each instance calls this once, in its constructor. */
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
