import assert from 'node:assert/strict';
import { dockerRun } from './docker-run.ts';

describe('the docker run line of a pipe', () => {
  const variables = {
    CI: 'true',
    DOCKER_HOST: 'tcp://host.docker.internal:2375',
    PATH: '/of/the/pipe',
    TOKEN: 'secret',
  };
  const { argv, environment } = dockerRun({
    image: 'acme/pipe:1.0.0',
    name: 'pipe-1',
    variables,
    mounts: { '/here/build': '/there/build', '/here/ssh': '/there/ssh:ro' },
    workingFolder: '/there/build',
    extraArguments: ['--read-only'],
  });

  it("equals Bitbucket's", () =>
    assert.deepEqual(argv, [
      'docker',
      'run',
      '--rm',
      '--name=pipe-1',
      '--network=host',
      '--volume=/here/build:/there/build',
      '--volume=/here/ssh:/there/ssh:ro',
      '--workdir=/there/build',
      '--label=org.bitbucket.pipelines.system=true',
      '--env=CI',
      '--env=DOCKER_HOST=tcp://host.docker.internal:2375',
      '--env=PATH=/of/the/pipe',
      '--env=TOKEN',
      '--read-only',
      'acme/pipe:1.0.0',
    ]));

  it('takes all values from the client’s environment, except those that the client reads itself', () =>
    assert.deepEqual(environment, { CI: 'true', TOKEN: 'secret' }));
});
