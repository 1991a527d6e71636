import type { Patch } from './json-patch.ts';

/** A proposed change of a policy: text and, if it can be applied mechanically, a patch. */
export interface Fix {
  /** Full sentences in the imperative. */
  readonly text: string;
  /** First part of the text: the change that does not widen. Present if a second part does. */
  readonly narrow?: string;
  /** Change of the policy document. Absent if a person has to decide something first. */
  readonly patch?: Patch;
  /**
   * Whether the policy may then admit a token that it does not admit now. Unknown counts as true. The text mentions it.
   */
  readonly widens: boolean;
}

/** A change of a policy document that has one text and one patch. The text is a clause in the imperative. */
export interface Edit {
  readonly text: string;
  readonly patch: Patch;
}

/** Sentence at the end of every fix that widens. */
const WIDENING = 'The policy then admits more than it does now.';

/** Returns advice that no patch can express. Its text mentions if it widens the policy. */
export function advice(text: string, { widens }: { readonly widens: boolean }): Fix {
  return { text: widens ? `${text} ${WIDENING}` : text, widens };
}

/** Returns the fix that makes one edit. Further sentences can follow. The last one mentions if it widens the policy. */
export function fixBy(edit: Edit, { widens, more }: { readonly widens: boolean; readonly more?: string }): Fix {
  const { text, patch } = edit;
  const sentence = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return { ...advice(more === undefined ? sentence : `${sentence} ${more}`, { widens }), patch };
}
