import type { EndpointVariant } from '../aws/region.ts';
import type { Environment } from '../core/environment.ts';
import type { OptionProblem } from '../core/failure.ts';
import { OptionReader } from './reader.ts';
import { parseBoolean } from './values.ts';

/**
 * Variables with which AWS tools choose an endpoint (SDKs and tools reference guide, dual-stack and FIPS endpoints).
 */
const VARIABLES = { isFips: 'AWS_USE_FIPS_ENDPOINT', isDualStack: 'AWS_USE_DUALSTACK_ENDPOINT' } as const;

/** Reads the variant of STS endpoints in the environment, as AWS tools do. Profiles in files are not read. */
export function readEndpointVariant(env: Environment): {
  endpointVariant: EndpointVariant;
  problems: readonly OptionProblem[];
} {
  const variable = (name: string) => ({ name, value: env[name] });
  const reader = new OptionReader({
    isFips: variable(VARIABLES.isFips),
    isDualStack: variable(VARIABLES.isDualStack),
  });
  const endpointVariant = {
    isFips: reader.one('isFips', parseBoolean) ?? false,
    isDualStack: reader.one('isDualStack', parseBoolean) ?? false,
  };
  return { endpointVariant, problems: reader.problems };
}

/** Returns the names of the variables that ask for the variant. Their value is `true`. */
export function variantVariables({ isFips, isDualStack }: EndpointVariant): string[] {
  return [...(isFips ? [VARIABLES.isFips] : []), ...(isDualStack ? [VARIABLES.isDualStack] : [])];
}
