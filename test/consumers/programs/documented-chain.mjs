// Models of the default credential chains of SDKs that are not available here, by their documentation and source.
// Arguments: the model and the emulator's STS. Asks STS for the identity with the first credentials that the chain
// finds.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { AssumeRoleWithWebIdentityCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

const [, , model, endpoint] = process.argv;
const { env } = process;
const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
const file = (variable, name) => env[variable] || path.join(homedir(), '.aws', name);

/** Parses the ini dialect that SDKs share: sections, `key = value`, a comment after ` #`. Values are not changed. */
function plainIni(name) {
  const sections = {};
  if (!existsSync(name)) return sections;
  let section = {};
  for (const line of readFileSync(name, 'utf8').split(/\r?\n/)) {
    const header = /^\[([^\]]+)\]/.exec(line);
    const [, key, value] = /^([^\s=#;][^=]*?)\s*=\s*(.*?)(?:\s+[#;].*)?\s*$/.exec(line) ?? [];
    if (header) {
      const title = header[1].trim().replace(/^profile\s+/, '');
      section = sections[title] ?? {};
      sections[title] = section;
    } else if (key !== undefined) section[key.toLowerCase()] = value;
  }
  return sections;
}

/** Parses ini like PHP, which removes outer quotes. */
function phpIni(name) {
  const code = 'echo json_encode(@parse_ini_file($argv[1], true, INI_SCANNER_RAW) ?: new stdClass);';
  const { stdout } = spawnSync('php', ['-r', code, name], { encoding: 'utf8' });
  return Object.fromEntries(
    Object.entries(JSON.parse(stdout || '{}')).map(([title, section]) => [title.replace(/^profile\s+/, ''), section]),
  );
}

function profile(read) {
  const name = env.AWS_PROFILE || 'default';
  const config = read(file('AWS_CONFIG_FILE', 'config'))[name];
  const credentials = read(file('AWS_SHARED_CREDENTIALS_FILE', 'credentials'))[name];
  return { ...config, ...credentials };
}

const fromEnvironment = () =>
  env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY
    ? keys(env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY, env.AWS_SESSION_TOKEN)
    : undefined;
const keys = (accessKeyId, secretAccessKey, sessionToken) => ({ accessKeyId, secretAccessKey, sessionToken });

const fromProfile =
  (read = plainIni) =>
  () => {
    const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = profile(read);
    return id && secret ? keys(id, secret, token) : undefined;
  };

/** Java, C++, Rust, PHP and .NET pass the value to the shell unchanged. */
const fromProcess =
  (read = plainIni) =>
  () => {
    const { credential_process: command } = profile(read);
    if (!command) return undefined;
    const { stdout, stderr, status } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`credential_process: ${stderr}`);
    const answer = JSON.parse(stdout);
    return keys(answer.AccessKeyId, answer.SecretAccessKey, answer.SessionToken);
  };

async function fromWebIdentity() {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile, AWS_ROLE_ARN: role, AWS_ROLE_SESSION_NAME: session } = env;
  if (!tokenFile || !role) return undefined;
  const { Credentials: credentials } = await new STSClient({ region, endpoint }).send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: role,
      RoleSessionName: session ?? 'model',
      WebIdentityToken: readFileSync(tokenFile, 'utf8'),
    }),
  );
  return keys(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken);
}

const CHAINS = {
  // sdkref "Credential provider chain"; DefaultCredentialsProvider of aws-sdk-java-v2.
  java: [fromEnvironment, fromWebIdentity, fromProfile(), fromProcess()],
  // FallbackCredentialsFactory of aws-sdk-net 3 reads the profile, even the default one, before the environment.
  dotnet3: [fromWebIdentity, fromProfile(), fromProcess(), fromEnvironment],
  // DefaultAWSCredentialsIdentityResolver of aws-sdk-net 4.
  dotnet4: [fromEnvironment, fromWebIdentity, fromProfile(), fromProcess()],
  // DefaultAWSCredentialsProviderChain of aws-sdk-cpp.
  cpp: [fromEnvironment, fromProfile(), fromProcess(), fromWebIdentity],
  // default_provider of aws-config.
  rust: [fromEnvironment, fromProfile(), fromProcess(), fromWebIdentity],
  // CredentialProvider::defaultProvider of aws-sdk-php.
  php: [fromEnvironment, fromWebIdentity, fromProfile(phpIni), fromProcess(phpIni)],
};

for (const provider of CHAINS[model]) {
  const credentials = await provider();
  if (credentials === undefined) continue;
  const { Arn } = await new STSClient({ region, endpoint, credentials }).send(new GetCallerIdentityCommand({}));
  console.log(Arn);
  process.exit();
}
console.error('the chain found no credentials');
process.exitCode = 1;
