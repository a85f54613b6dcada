import type { ImageProps } from './images';
import { page, positions } from './paging';
import { checkEnum, checkOptionalList, checkPattern } from './validation';
import type { World } from './world';

const MADE_AT = Date.UTC(2026, 0, 1) / 1_000;

export function describeWorkspaceImages({ images, kms, options }: World, input: any): object {
  const { ImageIds, ImageType, MaxResults, NextToken: token } = input;
  checkOptionalList('ImageIds', ImageIds);
  ImageIds?.forEach((id: string) => checkPattern('Image ID', id));
  checkEnum('ImageType', ImageType);
  const ownerOf = ({ ownerAccountId = kms.account }: ImageProps) => ownerAccountId;
  const found = images.all().filter((image) =>
    (ImageIds === undefined || ImageIds.includes(image.imageId)) &&
    (ImageType === undefined || (ImageType === 'OWNED') === (ownerOf(image) === kms.account)));
  const request = { question: { ImageIds, ImageType }, limit: MaxResults, token };
  const { items, NextToken } = page(found, positions(found), request, options.lastPageToken);
  return { Images: items.map((image) => element(image, ownerOf(image))), NextToken };
}

function element({ imageId, name = imageId, state = 'AVAILABLE', description }: ImageProps, owner: string): object {
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
