import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { decodeText } from './text-file.ts';

/** Largest file that is read, bytes. Policies and certificates are far smaller. */
const LARGEST = 1024 * 1024;

/**
 * Reads a regular file of at most 1 MiB as text. Opens it without waiting, because opening a FIFO, or reading a file of
 * the kernel such as `/proc/kmsg`, could block forever.
 *
 * @throws Error with the reason or with Node's code
 */
export async function readTextFile(path: string): Promise<string> {
  // Windows has no such flag.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    if (!(await file.stat()).isFile()) throw new Error('it is not a file');
    const bytes = Buffer.alloc(LARGEST + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      ({ bytesRead: read } = await file.read(bytes, length));
    }
    if (length > LARGEST) throw new Error('it is larger than 1 MiB');
    return decodeText(bytes.subarray(0, length));
  } finally {
    await file.close();
  }
}

/** Settles like the promise, or with the reason of the signal if that comes first. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
