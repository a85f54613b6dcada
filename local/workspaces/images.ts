import { checkPattern } from './validation';

export interface ImageProps {
  readonly imageId: string;
  /** @default the image's id */
  readonly name?: string;
  /** @default 'AVAILABLE' */
  readonly state?: 'AVAILABLE' | 'PENDING' | 'ERROR';
  /** @default the account's own */
  readonly ownerAccountId?: string;
  /** As a directory's. @default - none */
  readonly description?: Readonly<Record<string, unknown>>;
  /** @default - none */
  readonly tags?: Readonly<Record<string, string>>;
}

/** The images that the account owns, or that are shared with it. */
export class Images {
  private readonly known = new Map<string, ImageProps>();

  constructor(images: readonly ImageProps[]) {
    images.forEach((image) => this.add(image));
  }

  add(image: ImageProps): void {
    checkPattern('Image ID', image.imageId);
    this.known.set(image.imageId, image);
  }

  find(imageId: string): ImageProps | undefined {
    return this.known.get(imageId);
  }

  all(): ImageProps[] {
    return [...this.known.values()];
  }
}
