import type { TrustScope } from '../ci-systems/index.ts';
import { pipelineFile } from '../ci-systems/pipeline-file.ts';
import { COMMIT, type PipelineFile, type PipelinePlan } from '../ci-systems/pipeline-plan.ts';
import type { Permission } from '../generate/permissions.ts';
import { parseRoleArn } from '../policy/arn.ts';

/** A pipeline that assumes the role and does the work that its permissions allow. */
export interface PipelineRequest {
  /** The job of the pipeline. */
  readonly scope: TrustScope;
  readonly roleArn: string;
  readonly region: string;
  readonly permissions: readonly Permission[];
  /** Version of the Bitbucket Pipe, such as `1.0.0`. */
  readonly pipeVersion: string;
  /** Name of the Bitbucket deployment environment. Default `production` for a scope with an environment. */
  readonly deployment?: string;
}

/**
 * Writes the pipeline file of a repository: the same text for the same input. Undefined for CI systems that this project has
 * no pipe or task for.
 */
export function renderPipelineFile(request: PipelineRequest): PipelineFile | undefined {
  const { scope, permissions, ...rest } = request;
  const registry = registryOf(request.roleArn);
  const works = permissions.length === 0 ? [NO_WORK] : permissions.map((permission) => workFor(permission, registry));
  return pipelineFile(scope, {
    ...rest,
    build: works.flatMap(({ build = [] }) => build),
    prepare: works.flatMap(({ prepare = [] }) => prepare),
    deploy: works.flatMap(({ deploy }) => deploy),
    tools: new Set(works.flatMap(({ tools }) => tools)),
  });
}

/** Work of a pipeline for one permission. */
interface Work {
  readonly build?: readonly string[];
  readonly prepare?: readonly string[];
  readonly deploy: readonly string[];
  readonly tools: readonly (PipelinePlan['tools'] extends ReadonlySet<infer Tool> ? Tool : never)[];
}

/** Prints the job's identity, for a role without permissions. */
const NO_WORK: Work = { deploy: ['aws sts get-caller-identity'], tools: ['aws'] };

function workFor(permission: Permission, registry: (region: string) => string): Work {
  switch (permission.preset) {
    case 's3-sync': {
      const { bucket, prefix, allowDelete } = permission;
      const target = `s3://${bucket}${prefix === undefined ? '' : `/${shellQuoted(prefix)}`}`;
      return {
        build: ['npm ci', 'npm run build'],
        deploy: [`aws s3 sync dist ${target}${allowDelete === false ? '' : ' --delete'}`],
        tools: ['aws'],
      };
    }
    case 'cloudfront-invalidation':
      return {
        deploy: [`aws cloudfront create-invalidation --distribution-id ${permission.distributionId} --paths '/*'`],
        tools: ['aws'],
      };
    case 'ecr-push': {
      const { region, repository } = permission;
      const host = registry(region);
      const image = `${host}/${repository}:${COMMIT}`;
      return {
        // Later, `COPY . .` in a Dockerfile would put the credentials of the job into the image.
        prepare: [`docker build -t ${image} .`],
        deploy: [
          `aws ecr get-login-password --region ${region} | docker login --username AWS --password-stdin ${host}`,
          `docker push ${image}`,
        ],
        tools: ['aws', 'docker'],
      };
    }
    case 'cloudformation-deploy': {
      const { stackName, executionRoleArn, region } = permission;
      const options = `--stack-name ${stackName} --template-file template.yaml --role-arn ${executionRoleArn}`;
      return { deploy: [`aws cloudformation deploy ${options} --region ${region}`], tools: ['aws'] };
    }
    case 'cdk-deploy':
      // Install scripts of packages run before the job has credentials.
      return { prepare: ['npm ci'], deploy: ['npx cdk deploy --all --require-approval never'], tools: ['node'] };
  }
}

/** The host of the account's ECR registry in a region. */
function registryOf(roleArn: string): (region: string) => string {
  const { accountId: account, partition } = parseRoleArn(roleArn) ?? { accountId: '', partition: 'aws' };
  const domain = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return (region) => `${account}.dkr.ecr.${region}.${domain}`;
}

/** Text for a POSIX shell. Prefixes of buckets may have characters that the shell would expand. */
function shellQuoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
