/** Messages by section and situation. */
export type Wording = Record<string, Readonly<Record<string, readonly string[]>>>;

/** Stored wording of all messages that tests see. */
export const WORDING_FILE = new URL('./wording.json', import.meta.url);
