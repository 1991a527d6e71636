interface Partition {
  readonly partition: string;
  readonly regions: RegExp;
  readonly dnsSuffix: string;
  /** Suffix of the endpoints that also have IPv6 addresses. */
  readonly dualStackDnsSuffix: string;
}

/**
 * Partitions of AWS with their regions and the DNS suffixes of their endpoints.
 * Source: botocore's partitions.json 1.43.107.
 */
const PARTITIONS: readonly Partition[] = [
  {
    partition: 'aws-cn',
    regions: /^cn-\w+-\d+$/,
    dnsSuffix: 'amazonaws.com.cn',
    dualStackDnsSuffix: 'api.amazonwebservices.com.cn',
  },
  {
    partition: 'aws-us-gov',
    regions: /^us-gov-\w+-\d+$/,
    dnsSuffix: 'amazonaws.com',
    dualStackDnsSuffix: 'api.aws',
  },
  {
    partition: 'aws-eusc',
    regions: /^eusc-(?:de)-\w+-\d+$/,
    dnsSuffix: 'amazonaws.eu',
    dualStackDnsSuffix: 'api.amazonwebservices.eu',
  },
  {
    partition: 'aws-iso',
    regions: /^us-iso-\w+-\d+$/,
    dnsSuffix: 'c2s.ic.gov',
    dualStackDnsSuffix: 'api.aws.ic.gov',
  },
  {
    partition: 'aws-iso-b',
    regions: /^us-isob-\w+-\d+$/,
    dnsSuffix: 'sc2s.sgov.gov',
    dualStackDnsSuffix: 'api.aws.scloud',
  },
  {
    partition: 'aws-iso-e',
    regions: /^eu-isoe-\w+-\d+$/,
    dnsSuffix: 'cloud.adc-e.uk',
    dualStackDnsSuffix: 'api.cloud-aws.adc-e.uk',
  },
  {
    partition: 'aws-iso-f',
    regions: /^us-isof-\w+-\d+$/,
    dnsSuffix: 'csp.hci.ic.gov',
    dualStackDnsSuffix: 'api.aws.hci.ic.gov',
  },
  {
    partition: 'aws',
    regions: /^(?:us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/,
    dnsSuffix: 'amazonaws.com',
    dualStackDnsSuffix: 'api.aws',
  },
];

/** Suffixes of unknown regions, as AWS SDKs assume them. */
const UNKNOWN = { dnsSuffix: 'amazonaws.com', dualStackDnsSuffix: 'api.aws' };

/** Whether the text has the form of a region's name, even of a region that this version does not contain. */
export function isRegionName(text: string): boolean {
  return /^[a-z]{2,8}(?:-[a-z]{1,16}){1,3}-\d{1,2}$/.test(text);
}

/** Returns the partition of a region; undefined when no partition has a region of that form. */
export function partitionOf(region: string): string | undefined {
  return PARTITIONS.find(({ regions }) => regions.test(region))?.partition;
}

/** Returns an example of a region in the partition; undefined for an unknown partition. */
export function exampleRegion(partition: string): string | undefined {
  return EXAMPLES.get(partition);
}

const EXAMPLES: ReadonlyMap<string, string> = new Map([
  ['aws', 'eu-west-1'],
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
  ['aws-eusc', 'eusc-de-east-1'],
  ['aws-iso', 'us-iso-east-1'],
  ['aws-iso-b', 'us-isob-east-1'],
  ['aws-iso-e', 'eu-isoe-west-1'],
  ['aws-iso-f', 'us-isof-south-1'],
]);

/** Kind of AWS endpoint: with cryptography validated under FIPS 140, with IPv6 addresses, or both. */
export interface EndpointVariant {
  readonly isFips: boolean;
  readonly isDualStack: boolean;
}

/** The default endpoint of a region. */
export const USUAL_VARIANT: EndpointVariant = { isFips: false, isDualStack: false };

/**
 * Returns the STS endpoint of a region, such as `https://sts.eu-west-1.amazonaws.com`. AWS recommends regional endpoints
 * over the global one. The rules are those of the AWS SDKs (endpoint rule set of STS).
 */
export function stsEndpointOf(region: string, { isFips, isDualStack }: EndpointVariant = USUAL_VARIANT): string {
  const { partition, dnsSuffix, dualStackDnsSuffix } = {
    partition: undefined,
    ...(PARTITIONS.find(({ regions }) => regions.test(region)) ?? UNKNOWN),
  };
  // GovCloud's usual endpoints are the FIPS endpoints.
  const isNamed = isFips && (isDualStack || partition !== 'aws-us-gov');
  return `https://${isNamed ? 'sts-fips' : 'sts'}.${region}.${isDualStack ? dualStackDnsSuffix : dnsSuffix}`;
}
