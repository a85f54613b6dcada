import { page, positions } from './paging';
import type { ImageSettings } from './settings';
import { checkEnum, checkOptionalList, checkPattern } from './validation';
import type { World } from './world';

const MADE_AT = Date.UTC(2026, 0, 1) / 1_000;

/** The images that the account has or that are shared with it. */
export class Images {
  private readonly known = new Map<string, ImageSettings>();

  constructor(images: readonly ImageSettings[]) {
    images.forEach((image) => this.add(image));
  }

  add(image: ImageSettings): void {
    checkPattern('Image ID', image.imageId);
    this.known.set(image.imageId, image);
  }

  find(imageId: string): ImageSettings | undefined {
    return this.known.get(imageId);
  }

  all(): ImageSettings[] {
    return [...this.known.values()];
  }
}

export function describeWorkspaceImages({ images, kms, settings }: World, input: any): object {
  const { ImageIds, ImageType, MaxResults, NextToken: token } = input;
  checkOptionalList('ImageIds', ImageIds);
  ImageIds?.forEach((id: string) => checkPattern('Image ID', id));
  checkEnum('ImageType', ImageType);
  const ownerOf = ({ ownerAccountId = kms.account }: ImageSettings) => ownerAccountId;
  const found = images.all().filter((image) =>
    (ImageIds === undefined || ImageIds.includes(image.imageId)) &&
    (ImageType === undefined || (ImageType === 'OWNED') === (ownerOf(image) === kms.account)));
  const request = { question: { ImageIds, ImageType }, limit: MaxResults, token };
  const { items, NextToken } = page(found, positions(found), request, settings.lastPageToken);
  return { Images: items.map((image) => element(image, ownerOf(image))), NextToken };
}

function element({ imageId, name = imageId, state = 'AVAILABLE', description }: ImageSettings, owner: string): object {
  return {
    ImageId: imageId,
    Name: name,
    Description: name,
    OperatingSystem: { Type: 'WINDOWS' },
    State: state,
    RequiredTenancy: 'DEFAULT',
    Created: MADE_AT,
    OwnerAccountId: owner,
    ...description,
  };
}
