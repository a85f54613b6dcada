import { DescribeWorkspaceImagesCommand, DescribeWorkspaceImagesCommandInput } from '@aws-sdk/client-workspaces';
import { client, service, start } from './harness';

const describeImages = async (input: DescribeWorkspaceImagesCommandInput = {}) => client.send(new DescribeWorkspaceImagesCommand(input));
const ids = async (input?: DescribeWorkspaceImagesCommandInput) => (await describeImages(input)).Images!.map(({ ImageId }) => ImageId);

test('images are found by id and by who owns them, in pages', async () => {
  await start({ images: [{ imageId: 'wsi-000000001' }, { imageId: 'wsi-000000002', ownerAccountId: '999999999999' }] });
  service.addImage({ imageId: 'wsi-000000003', state: 'PENDING', description: { Name: 'three', OperatingSystem: { Type: 'LINUX' } } });
  expect(await ids()).toEqual(['wsi-000000001', 'wsi-000000002', 'wsi-000000003']);
  expect(await ids({ ImageIds: ['wsi-000000003', 'wsi-000000009'] })).toEqual(['wsi-000000003']);
  expect(await ids({ ImageType: 'OWNED' })).toEqual(['wsi-000000001', 'wsi-000000003']);
  expect(await ids({ ImageType: 'SHARED' })).toEqual(['wsi-000000002']);
  const { Images, NextToken } = await describeImages({ MaxResults: 2 });
  expect(Images).toHaveLength(2);
  expect((await describeImages({ MaxResults: 2, NextToken })).Images).toMatchObject([
    { ImageId: 'wsi-000000003', Name: 'three', State: 'PENDING', OperatingSystem: { Type: 'LINUX' }, OwnerAccountId: '123456789012' },
  ]);
});
