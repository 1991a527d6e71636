/**
 * Partitions of AWS with their regions and the DNS suffix of their endpoints.
 * Source: botocore's partitions.json 1.43.107.
 */
const PARTITIONS: readonly { partition: string; regions: RegExp; dnsSuffix: string }[] = [
  { partition: 'aws-cn', regions: /^cn-\w+-\d+$/, dnsSuffix: 'amazonaws.com.cn' },
  { partition: 'aws-us-gov', regions: /^us-gov-\w+-\d+$/, dnsSuffix: 'amazonaws.com' },
  { partition: 'aws-eusc', regions: /^eusc-(?:de)-\w+-\d+$/, dnsSuffix: 'amazonaws.eu' },
  { partition: 'aws-iso', regions: /^us-iso-\w+-\d+$/, dnsSuffix: 'c2s.ic.gov' },
  { partition: 'aws-iso-b', regions: /^us-isob-\w+-\d+$/, dnsSuffix: 'sc2s.sgov.gov' },
  { partition: 'aws-iso-e', regions: /^eu-isoe-\w+-\d+$/, dnsSuffix: 'cloud.adc-e.uk' },
  { partition: 'aws-iso-f', regions: /^us-isof-\w+-\d+$/, dnsSuffix: 'csp.hci.ic.gov' },
  { partition: 'aws', regions: /^(?:us|eu|ap|sa|ca|me|af|il|mx)-\w+-\d+$/, dnsSuffix: 'amazonaws.com' },
];

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

/** Returns `https://sts.<region>.<suffix>`. AWS recommends regional endpoints over the global one. */
export function stsEndpointOf(region: string): string {
  const suffix = PARTITIONS.find(({ regions }) => regions.test(region))?.dnsSuffix ?? 'amazonaws.com';
  return `https://sts.${region}.${suffix}`;
}
