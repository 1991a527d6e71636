import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../core/secret.ts';

/** Character that begins a comment: `#` in a shell, `;` in the ini files of all AWS SDKs (PHP does not support `#`). */
export type CommentMark = '#' | ';';

/** Text of a file without its first two lines. */
export interface SealedText {
  readonly body: string;
  /** Whether this run wrote it. Other processes do not know the key. */
  readonly isOfThisRun: boolean;
}

const TITLE = 'Written by AWS OIDC Assume.';
const SEAL = 'Seal: ';

/**
 * Recognises the files of one run. The second line of each contains an HMAC-SHA256 of its path and text, under a key
 * derived from a secret of the run. The secret is the identity token of a Bitbucket step, or the access token of an
 * Azure job. An earlier step, an artifact or a file in the repository has another secret or none.
 */
export class Seal {
  readonly #key: Buffer;

  constructor(secret: Secret) {
    this.#key = createHmac('sha256', 'aws-oidc-assume files 1').update(secret.reveal()).digest();
  }

  /**
   * @param note end of the first line
   * @throws RangeError for a note of several lines
   */
  sealed(file: string, { comment, note }: { comment: CommentMark; note: string }, body: string): string {
    if (/[\r\n\0]/.test(note)) throw new RangeError('a comment ends at the end of its line');
    const title = `${comment} ${TITLE}${note}`;
    return `${title}\n${comment} ${SEAL}${this.#mac(file, title, body).toString('hex')}\n${body}`;
  }

  /**
   * Opens a sealed text. Undefined for a text without this program's title. A text without a seal belongs to no run.
   */
  open(file: string, comment: CommentMark, text: string): SealedText | undefined {
    const sealed = parseSealed(comment, text);
    if (sealed === undefined) return undefined;
    const { title, mac, body } = sealed;
    const isOfThisRun = mac !== undefined && timingSafeEqual(Buffer.from(mac, 'hex'), this.#mac(file, title, body));
    return { body, isOfThisRun };
  }

  #mac(file: string, title: string, body: string): Buffer {
    return createHmac('sha256', this.#key).update(`${file}\0${title}\0${body}`).digest();
  }
}

interface Parts {
  readonly title: string;
  readonly mac: string | undefined;
  readonly body: string;
}

/** Parts of a sealed text; undefined for a text with another first line. */
function parseSealed(comment: CommentMark, text: string): Parts | undefined {
  const [title = '', second = ''] = text.split('\n', 2);
  if (!title.startsWith(`${comment} ${TITLE}`)) return undefined;
  const rest = text.slice(title.length + 1);
  const prefix = `${comment} ${SEAL}`;
  const mac = second.slice(prefix.length);
  const isSeal = second.startsWith(prefix) && /^[0-9a-f]{64}$/.test(mac);
  return isSeal ? { title, mac, body: rest.slice(second.length + 1) } : { title, mac: undefined, body: rest };
}
