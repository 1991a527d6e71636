/**
 * Texts that break a rule for a reason. Each names its rule, a part of the text, and a path unless it holds everywhere.
 *
 * @type {{ rule: string, text: string, path?: string, reason: string }[]}
 */
export const EXCEPTIONS = [];
