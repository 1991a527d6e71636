import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { needsTerraform, type Terraform } from '../../support/index.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const MODULES = readdirSync(path.join(ROOT, 'terraform/modules'));
const SYSTEMS = ['bitbucket', 'azure-devops'] as const;

const moduleFile = (module: string, file: string) =>
  readFileSync(path.join(ROOT, 'terraform/modules', module, file), 'utf8');

/** Names of blocks of one kind: `variable "name"`. */
const declared = (text: string, kind: string) =>
  [...text.matchAll(new RegExp(`^${kind} "([\\w-]+)"`, 'gm'))].map(([, name = '']) => name);

describe('Terraform modules', () => {
  for (const module of MODULES) {
    it(`${module}: documents each variable and each output with its description`, () => {
      const readme = moduleFile(module, 'README.md');
      const [, docs = ''] = /<!-- BEGIN_TF_DOCS -->([\s\S]*)<!-- END_TF_DOCS -->/.exec(readme) ?? [];
      for (const [file, kind, anchor] of [
        ['variables.tf', 'variable', 'input'],
        ['outputs.tf', 'output', 'output'],
      ] as const) {
        const text = moduleFile(module, file);
        const names = declared(text, kind);
        assert.ok(names.length > 0);
        for (const name of names) {
          const [, description = ''] =
            new RegExp(`^${kind} "${name}" \\{\\n  description = "(.*)"$`, 'm').exec(text) ?? [];
          const row = docs.split('\n').find((line) => line.includes(`<a name="${anchor}_${name}">`));
          assert.ok(
            description !== '' && row?.includes(`| ${description.replaceAll('|', '\\|')} |`),
            `${module} ${name}`,
          );
        }
        assert.equal(docs.match(new RegExp(`<a name="${anchor}_`, 'g'))?.length, names.length);
      }
    });

    it(`${module}: checks each text that goes into a policy`, () => {
      const variables = moduleFile(module, 'variables.tf');
      const free = new Set([
        'create',
        'tags',
        'description',
        'path',
        'permissions',
        'permissions_boundary',
        'policy_arns',
      ]);
      for (const block of variables.split(/^(?=variable )/m).filter((text) => text.startsWith('variable'))) {
        const [, name = ''] = /^variable "([\w-]+)"/.exec(block) ?? [];
        assert.ok(free.has(name) || block.includes('validation {'), name);
      }
    });
  }

  describe('with Terraform', function () {
    this.timeout(240_000);
    let terraform: Terraform;
    let copy: string;

    before(function () {
      terraform = needsTerraform(this);
      copy = mkdtempSync(path.join(tmpdir(), 'terraform-modules-'));
      cpSync(path.join(ROOT, 'terraform'), path.join(copy, 'terraform'), {
        recursive: true,
        filter: (source) => !source.includes('.terraform'),
      });
    });
    after(() => {
      if (copy !== undefined) rmSync(copy, { recursive: true, force: true });
    });

    it('are formatted', () => {
      const { status, output } = terraform.run(['fmt', '-check', '-diff', '-recursive'], path.join(copy, 'terraform'));
      assert.equal(status, 0, output);
    });

    for (const module of MODULES) {
      it(`${module}: is valid and passes its tests`, () => {
        const folder = path.join(copy, 'terraform/modules', module);
        assert.equal(terraform.init(folder).status, 0, terraform.init(folder).output);
        const { status, output } = terraform.run(['validate'], folder);
        assert.equal(status, 0, output);
        const tests = terraform.run(['test'], folder);
        assert.equal(tests.status, 0, tests.output);
        assert.match(tests.output, /Success! \d+ passed, 0 failed\./);
      });
    }

    for (const system of SYSTEMS) {
      it(`create the example for ${system} in one apply`, () => {
        const folder = path.join(copy, system);
        cpSync(path.join(ROOT, 'examples', system, 'terraform'), folder, { recursive: true });
        const main = path.join(folder, 'main.tf');
        const fetched = /github\.com\/aws-oidc-assume\/aws-oidc-assume\/\/terraform\/modules\/([\w-]+)\?ref=v[\d.]+/g;
        writeFileSync(main, readFileSync(main, 'utf8').replace(fetched, '../terraform/modules/$1'));
        writeFileSync(
          path.join(folder, 'apply.tftest.hcl'),
          `mock_provider "aws" {
             mock_resource "aws_iam_openid_connect_provider" {
               defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/x" }
             }
           }
           run "apply" {
             assert {
               condition     = length(module.identity_provider.arn) > 0 && length(output.site_deploy_role_arn) > 0
               error_message = "There is no provider or no role."
             }
           }\n`,
        );
        const init = terraform.init(folder);
        assert.equal(init.status, 0, init.output);
        const { status, output } = terraform.run(['test'], folder);
        assert.equal(status, 0, output);
      });
    }

    for (const system of SYSTEMS) {
      it(`fit together with the generated setups for ${system} in one configuration`, () => {
        const folder = path.join(copy, `${system}-setups`);
        for (const setup of readdirSync(path.join(ROOT, 'examples', system))) {
          if (/^(?:cdk(?:-python)?|terraform)$/.test(setup)) continue;
          cpSync(path.join(ROOT, 'examples', system, setup, 'main.tf'), path.join(folder, `${setup}.tf`));
        }
        const init = terraform.init(folder);
        assert.equal(init.status, 0, init.output);
        const { status, output } = terraform.run(['validate'], folder);
        assert.equal(status, 0, output);
      });
    }
  });
});
