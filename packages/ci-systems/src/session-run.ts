import { type DecodedSessionName, decodeSessionName } from '@aws-oidc-assume/shared';
import { ciSystemById } from './registry.ts';

/** The run that a role session name stands for. */
export interface SessionRun extends DecodedSessionName {
  /** Web page of the run. Undefined when the name was cut or the system is unknown. */
  readonly url?: string;
}

/** Decodes a role session name. Returns undefined for a name that this project did not make. */
export function sessionRun(name: string): SessionRun | undefined {
  const decoded = decodeSessionName(name);
  if (decoded === undefined) return undefined;
  const url = runUrl(decoded);
  return { ...decoded, ...(url === undefined ? {} : { url }) };
}

function runUrl({ system, owner, repository, build }: DecodedSessionName): string | undefined {
  const isCut = [owner, repository].some((part) => part === '' || part.endsWith('…'));
  if (isCut || !/^\d+$/.test(build)) return undefined;
  return ciSystemById(system)?.runUrl({ owner, repository, build });
}
