/** Simulates HashiCorp's downloads, with a program that starts the Terraform of this machine. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findTool } from '../../../support/tools.ts';
import { type Answer, type Call, type Needed, type Service, ServiceError } from './call.ts';

const FILE = /^\/terraform\/([\d.]+)\/terraform_\1_(SHA256SUMS|linux_amd64\.zip)$/;

export class HashiCorp implements Service {
  /** Requested paths. */
  readonly downloads: string[] = [];
  readonly #folder: string;
  #zip: Buffer | undefined;

  /** @param folder for the archive */
  constructor(folder: string) {
    this.#folder = path.join(folder, 'hashicorp');
  }

  owns(host: string): boolean {
    return host === 'releases.hashicorp.com';
  }

  needs(): readonly Needed[] {
    return [];
  }

  answer({ path: file }: Call): Answer {
    const [, version = '', kind = ''] = FILE.exec(file) ?? [];
    if (version === '') throw new ServiceError('NotFound', file, 404);
    this.downloads.push(file);
    this.#zip ??= this.#archive();
    const archive = this.#zip;
    if (kind !== 'SHA256SUMS') return { status: 200, body: archive };
    const sum = createHash('sha256').update(archive).digest('hex');
    const names = ['darwin_arm64', 'linux_amd64'].map((system) => `terraform_${version}_${system}.zip`);
    return { status: 200, body: names.map((name) => `${sum}  ${name}\n`).join('') };
  }

  fail({ message, status }: ServiceError): Answer {
    return { status, body: message };
  }

  #archive(): Buffer {
    const [program, archive] = [path.join(this.#folder, 'terraform'), path.join(this.#folder, 'terraform.zip')];
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(program, `#!/bin/sh\nexec '${findTool('terraform')}' "$@"\n`, { mode: 0o755 });
    execFileSync('python3', ['-m', 'zipfile', '-c', archive, program]);
    return readFileSync(archive);
  }
}
