import { join } from 'node:path';
import {
  CfnOutput,
  CfnParameter,
  Duration,
  type Environment,
  Fn,
  RemovalPolicy,
  Stack,
  Validations,
} from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate, CertificateValidation, type ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  Function as EdgeFunction,
  type FunctionAssociation,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  OriginRequestPolicy,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, OriginGroup, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { AaaaRecord, ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { DashboardConfig } from '../shared/contract/dashboard-config.ts';
import { ORIGIN_KEY_HEADER } from '../shared/http/edge-only.ts';
import { pagePolicy } from '../shared/http/page-policy.ts';
import type { Issuer } from './api-stack.ts';
import { CONTENT_METADATA } from './bucket-content.ts';
import { DASHBOARD_CONFIG_OUTPUT } from './dashboard-config.ts';
import type { DataStack } from './data-stack.ts';
import { EdgeFirewall } from './edge-firewall.ts';
import { ORIGIN_KEY_MEMBER, ORIGIN_KEY_VERSION_PARAMETER } from './origin-key.ts';
import type { StageConfig } from './stage-config.ts';

interface EdgeStackProps {
  readonly env: Environment;
  readonly stage: StageConfig;
  readonly data: DataStack;
  readonly issuer: Issuer;
  readonly httpApi: HttpApi;
}

/** CloudFront and its firewall in front of everything: files from a private bucket, `/v1/*` and the pages that functions make from the HTTP API. */
export class EdgeStack extends Stack {
  constructor(scope: Construct, id: string, props: EdgeStackProps) {
    super(scope, id, {
      env: props.env,
      description: 'Alpine US locator: web files and CloudFront',
    });
    const bucket = this.webBucket();
    const apiOrigin = new HttpOrigin(Fn.select(2, Fn.split('/', props.httpApi.apiEndpoint)), {
      readTimeout: Duration.seconds(30),
      customHeaders: { [ORIGIN_KEY_HEADER]: this.originKey(props.data) },
    });
    const apiBehavior = {
      origin: apiOrigin,
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
      // The API itself says which methods an address takes.
      allowedMethods: AllowedMethods.ALLOW_ALL,
      compress: true,
    };
    const publicRead = {
      ...apiBehavior,
      cachePolicy: this.publicReads(),
    };
    // Nothing of a visitor reaches a page's function but the path and what the cache's key has of the query.
    const { originRequestPolicy: _, ...pageBehavior } = {
      ...apiBehavior,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: this.pageReads(),
    };
    const stores = { ...pageBehavior, functionAssociations: [this.atRequest('page-address')] };
    const cacheKey = this.atRequest('cache-key');
    const search = { ...pageBehavior, functionAssociations: [cacheKey] };
    const file = {
      // S3 says 403 for what is not there, in XML. The API's own page for it has the right status and a way on; an error page of the
      // distribution would stand in place of the API's errors too.
      origin: new OriginGroup({
        primaryOrigin: S3BucketOrigin.withOriginAccessControl(bucket as IBucket),
        fallbackOrigin: apiOrigin,
        fallbackStatusCodes: [403, 404],
      }),
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      functionAssociations: [this.atRequest('index-rewrite')],
      compress: true,
    };
    const { issuer, stage } = props;
    const distribution = new Distribution(this, 'Distribution', {
      comment: 'Alpine US locator',
      ...this.domain(props.stage),
      webAclId: new EdgeFirewall(this, 'Firewall').webAclArn,
      defaultRootObject: 'index.html',
      httpVersion: HttpVersion.HTTP2_AND_3,
      // North America and Europe: where the buyers are.
      priceClass: PriceClass.PRICE_CLASS_100,
      defaultBehavior: {
        ...file,
        responseHeadersPolicy: this.fileHeaders('PageHeaders', pagePolicy(stage.siteUrl)),
      },
      additionalBehaviors: {
        // The one page that talks to the issuer.
        '/dashboard/*': {
          ...file,
          responseHeadersPolicy: this.fileHeaders('DashboardHeaders', pagePolicy(stage.siteUrl, issuer.origins)),
        },
        '/v1/dealers': { ...publicRead, functionAssociations: [cacheKey] },
        '/v1/dealers/*': publicRead,
        '/v1/places*': publicRead,
        '/v1/*': {
          ...apiBehavior,
          cachePolicy: CachePolicy.CACHING_DISABLED,
          functionAssociations: [this.atRequest('viewer-address')],
        },
        '/find': search,
        '/es/find': search,
        '/stores*': stores,
        '/es/stores*': stores,
        '/sitemap.xml': pageBehavior,
        '/robots.txt': pageBehavior,
      },
    });
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-CFR1', reason: 'Buyers look from wherever they travel' },
      { id: 'AwsSolutions::AwsSolutions-CFR3', reason: 'Access logs would keep who asked for which place' },
      {
        id: 'AwsSolutions::AwsSolutions-CFR4',
        reason: 'The default certificate fixes the policy; a domain brings its own',
      },
    );
    this.nameInZone(props.stage, distribution);
    new CfnOutput(this, 'DistributionId', { value: distribution.distributionId });
    new CfnOutput(this, 'DistributionDomainName', { value: distribution.distributionDomainName });
    new CfnOutput(this, 'WebBucketName', { value: bucket.bucketName });
    const config: DashboardConfig = {
      issuerUrl: issuer.url,
      clientId: issuer.clientId,
      scopes: { counts: issuer.scope('counts'), leads: issuer.scope('leads') },
      ...(issuer.signOutUrl !== undefined && { signOutUrl: issuer.signOutUrl }),
      accessEmail: stage.accessEmail,
    };
    new CfnOutput(this, DASHBOARD_CONFIG_OUTPUT, { value: this.toJsonString(config) });
  }

  /**
   * A dynamic reference to the version of the key that is sent. It names the version, because CloudFormation reads a secret again
   * only when the reference itself changes.
   */
  private originKey({ originKey }: DataStack): string {
    const version = new CfnParameter(this, ORIGIN_KEY_VERSION_PARAMETER, {
      description: 'Id of the version of the origin key that is sent to the API',
      allowedPattern: '^[0-9A-Za-z-]{32,64}$',
    }).valueAsString;
    return `{{resolve:secretsmanager:${originKey.secretArn}:SecretString:${ORIGIN_KEY_MEMBER}::${version}}}`;
  }

  /** The stage's own name with its certificate; without one, CloudFront's. */
  private domain({ domain, siteUrl }: StageConfig) {
    if (domain === undefined) return {};
    const name = new URL(siteUrl).hostname;
    return {
      domainNames: [name],
      certificate: this.certificate(domain, name),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2025,
    };
  }

  private certificate(domain: NonNullable<StageConfig['domain']>, domainName: string): ICertificate {
    if ('certificateArn' in domain) return Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn);
    const zone = HostedZone.fromHostedZoneAttributes(this, 'CertificateZone', {
      hostedZoneId: domain.hostedZoneId,
      zoneName: domain.hostedZoneName,
    });
    return new Certificate(this, 'Certificate', { domainName, validation: CertificateValidation.fromDns(zone) });
  }

  private nameInZone({ domain, siteUrl }: StageConfig, distribution: Distribution): void {
    if (domain === undefined || !('hostedZoneId' in domain)) return;
    const zone = HostedZone.fromHostedZoneAttributes(this, 'Zone', {
      hostedZoneId: domain.hostedZoneId,
      zoneName: domain.hostedZoneName,
    });
    const record = {
      zone,
      recordName: `${new URL(siteUrl).hostname}.`,
      target: RecordTarget.fromAlias(new CloudFrontTarget(distribution)),
    };
    new ARecord(this, 'Address', record);
    new AaaaRecord(this, 'AddressV6', record);
  }

  /** A function of `infra/edge`, run for every viewer's request before the cache is asked. */
  private atRequest(name: string): FunctionAssociation {
    const edgeFunction = new EdgeFunction(this, name, {
      runtime: FunctionRuntime.JS_2_0,
      code: FunctionCode.fromFile({ filePath: join(import.meta.dirname, 'edge', `${name}.js`) }),
    });
    return { eventType: FunctionEventType.VIEWER_REQUEST, function: edgeFunction };
  }

  private webBucket(): Bucket {
    const bucket = new Bucket(this, 'Web', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ noncurrentVersionExpiration: Duration.days(90) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const resource = bucket.node.defaultChild;
    if (!(resource instanceof CfnBucket)) throw new Error('the bucket has no resource');
    resource.addMetadata(CONTENT_METADATA, 'dist/web');
    const noLogs = 'Public files that only CloudFront reads; access logs would keep who asked';
    Validations.of(bucket).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-S1', reason: noLogs },
      { id: 'NIST.800.53.R5::NIST.800.53.R5-S3BucketLoggingEnabled', reason: noLogs },
      {
        id: 'NIST.800.53.R5::NIST.800.53.R5-S3BucketReplicationEnabled',
        reason: 'Its files are built from the repository: a deployment puts them back',
      },
      { id: 'NIST.800.53.R5::NIST.800.53.R5-S3DefaultEncryptionKMS', reason: 'Files that everyone may read' },
    );
    return bucket;
  }

  /** Equal questions share an answer: the query and the media type make the key, and the API says how long. */
  private publicReads(): CachePolicy {
    return new CachePolicy(this, 'PublicReads', {
      comment: 'Public reads of the locator API',
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.minutes(5),
      queryStringBehavior: CacheQueryStringBehavior.all(),
      // Origin too: the API answers other sites with their own CORS header.
      headerBehavior: CacheHeaderBehavior.allowList('accept', 'origin'),
      cookieBehavior: CacheCookieBehavior.none(),
      enableAcceptEncodingBrotli: true,
      enableAcceptEncodingGzip: true,
    });
  }

  /** Pages made by functions: only a search's own parameters make a difference. The page says how long. */
  private pageReads(): CachePolicy {
    return new CachePolicy(this, 'PageReads', {
      comment: 'Pages of the locator that functions make',
      minTtl: Duration.seconds(0),
      defaultTtl: Duration.seconds(0),
      maxTtl: Duration.minutes(5),
      queryStringBehavior: CacheQueryStringBehavior.allowList('near', 'model'),
      headerBehavior: CacheHeaderBehavior.none(),
      cookieBehavior: CacheCookieBehavior.none(),
      enableAcceptEncodingBrotli: true,
      enableAcceptEncodingGzip: true,
    });
  }

  private fileHeaders(id: string, policy: string): ResponseHeadersPolicy {
    return new ResponseHeadersPolicy(this, id, {
      comment: `Security headers of the locator pages: ${id}`,
      securityHeadersBehavior: {
        contentSecurityPolicy: { contentSecurityPolicy: policy, override: true },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
        strictTransportSecurity: {
          accessControlMaxAge: Duration.days(730),
          includeSubdomains: true,
          override: true,
        },
      },
      corsBehavior: {
        // The widget's script is for any site; its integrity can be checked only when it is fetched with CORS.
        accessControlAllowOrigins: ['*'],
        accessControlAllowMethods: ['GET', 'HEAD'],
        accessControlAllowHeaders: ['*'],
        accessControlAllowCredentials: false,
        originOverride: true,
      },
    });
  }
}
