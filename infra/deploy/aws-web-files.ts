import { CloudFrontClient, CreateInvalidationCommand, GetDistributionCommand } from '@aws-sdk/client-cloudfront';
import {
  DeleteObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';

export interface ClientSettings {
  readonly region: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** For an endpoint that has no name for each bucket. */
  readonly forcePathStyle?: boolean;
}

export interface WebFile {
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly cacheControl: string;
}

/** The web bucket and the distribution before it. */
export function webFiles(settings: ClientSettings) {
  const { forcePathStyle: _, ...common } = settings;
  const s3 = new S3Client(settings);
  const cloudFront = new CloudFrontClient(common);

  return {
    async fileKeys(bucket: string): Promise<readonly string[]> {
      const keys: string[] = [];
      for await (const { Contents } of paginateListObjectsV2({ client: s3 }, { Bucket: bucket })) {
        for (const { Key } of Contents ?? []) if (Key !== undefined) keys.push(Key);
      }
      return keys;
    },

    async cacheControlOf(bucket: string, key: string): Promise<string | undefined> {
      return (await s3.send(new HeadObjectCommand({ Bucket: bucket, Key: key }))).CacheControl;
    },

    async putFile(bucket: string, key: string, { body, contentType, cacheControl }: WebFile): Promise<void> {
      await s3.send(
        new PutObjectCommand({
          Bucket: bucket,
          Key: key,
          Body: body,
          ContentType: contentType,
          CacheControl: cacheControl,
        }),
      );
    },

    async deleteFile(bucket: string, key: string): Promise<void> {
      await s3.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },

    /** @param paths from the root, as viewers ask for them @param reference the same one asks once */
    async invalidate(distributionId: string, paths: readonly string[], reference: string): Promise<void> {
      await cloudFront.send(
        new CreateInvalidationCommand({
          DistributionId: distributionId,
          InvalidationBatch: { CallerReference: reference, Paths: { Quantity: paths.length, Items: [...paths] } },
        }),
      );
    },

    async distribution(distributionId: string): Promise<{ readonly deployed: boolean; readonly webAclId: string }> {
      const { Distribution } = await cloudFront.send(new GetDistributionCommand({ Id: distributionId }));
      return {
        deployed: Distribution?.Status === 'Deployed',
        webAclId: Distribution?.DistributionConfig?.WebACLId ?? '',
      };
    },
  };
}
