// Rules of CONTRIBUTING.md for the English of comments, names and titles of tests.

/** Openers that leave out the subject of the sentence, or put it last. */
const OPENERS =
  'what|whatever|who|whoever|whom|whose|of|all|where|wherever|that|so|else|only|without|nothing|nobody|none|neither|be|how|with|upon';

/** Prepositions that open a fragment where a doc comment needs a noun or a verb. */
const DOC_OPENERS = `${OPENERS}|by|for|in|on|at|from|to|as|after|before|below|above|beside|besides|because`;

/** A predicate can begin with `only` or a preposition; the title of a suite can too. */
const TITLE_OPENERS = 'in whose|what|whatever|who|whoever|whom|whose|of|where|wherever|that|so|else|be|nor|neither|how';

/** Words and phrases with the plain ones for them. */
const PHRASES = [
  [/\bnought\b/i, '0'],
  [/\bat hand\b/i, 'available'],
  [/\b(?:un)?mend(?:s|ed|ing)?\b/i, 'fix'],
  [/\bbefall\w*\b/i, 'happen to'],
  [
    /\b(?:whilst|amidst|amongst|upon|thereof|therein|thereby|herein|whereby|hitherto|lest|ere|shall|ought)\b/i,
    'a modern word',
  ],
  [/\bbesides?\b/i, 'next to, in addition to'],
  [/\bbe (?:it|they)\b/i, 'whether it is'],
  [/(?<!there )\b(?:is|are) none\b/i, 'is not one'],
  [/\b(?<!there )(?:is|are|was) no (?!longer|more|one\b)\w+/i, 'is not a'],
  [/\b(?:has|have) not(?=[.,;:)]|$)/i, 'the verb in full'],
  [/\bfor ever\b/i, 'forever'],
  [
    /\b(?:nobody|no one) (?:here )?(?:knows|else|has|sets|can|could|wrote|says|asked)\b/i,
    'the active or passive voice',
  ],
  [/\bknows? no(?:thing)?\b/i, 'does not know'],
  [/\b(?:what|whatever|whoever|who) is to\b/i, 'must, should'],
  [/\bso (?:much|many|long) (?:of|and|is|as)\b/i, 'the amount'],
  [/\blies? (?:there|in|at|under|below|next|behind)\b|\blay there\b/i, 'is in'],
  [/\b(?:of|for) (?:who|whoever|whom)\b/i, 'for the one that'],
  [/\btold? apart\b|\btell(?:s|ing)? \w+ apart\b/i, 'distinguish'],
  [/\bof (?:ours|theirs|one's own|our own)\b/i, 'its own … before the noun'],
  [/\bheal(?:s|ed|ing)?\b/i, 'recover'],
  [/\bin place of\b/i, 'instead of'],
  [/\bas it were\b|\bin peace\b|\bcomes? of\b|\bat length\b|\bfrom there on\b/i, 'a plain phrase'],
  [/[.;:] (?:Else|Of|Whose|Whom)\b/, 'otherwise, or a sentence with its subject first'],
  [/\bor else\b|, else\b/i, 'otherwise'],
  [/\bbut (?:for|what|the one)\b/i, 'except'],
  [/\bsay(?:s|ing)? (?:nothing|which|what|who|whom)\b/i, 'a plain verb'],
  [/\bwhatever\b|\bwhoever\b/i, 'any, or a sentence with if'],
  [/\bundefined where\b|@(?:throws|returns)\b[^@]{0,80}\bwhere\b/i, 'if'],
  [/\bof today\b|\bset-ups?\b|\bto be had\b|\bcannot be had\b/i, 'current, setup, available'],
  [/\bone sign\b|\bsigns (?:such|like|as|that)\b|\b(?:whatever|other|more|no) signs?\b/i, 'character'],
];

/** Names that need the code around them to be understood. */
const NAMES = [
  [/^(?:of|in|at|by|beside|besides|elsewhere|else|beyond|within|without|off|till|ere)$/, 'a noun or a verb'],
  [/^(?:of|in|at)(?!Least)[A-Z]/, 'a noun, a verb, or is/has'],
  [/^OF_/, 'a noun'],
  [
    /^(?:given|found|told|wanted|known|bare|asked|made|kept|said|meant|taken|sent|got|gone|held|spelled|stated|named|tried|shown|heard|written|ended|changed|hinted|explained|mended|revealed|stamped|stored|served|done|lost)$/i,
    'a noun with the participle',
  ],
  [/^(?:insist|heals?|crowded|settle|withdraw|ours|theirs|mend|nought)$/i, 'a plain word'],
  [/^(?:what|who|whose|whom|which|how|why|whatever|whoever)$/i, 'a noun'],
];

/** Most words of a sentence in a doc comment. */
export const MOST_WORDS = 25;

/**
 * Finds what is wrong with a text.
 *
 * @param {import('./texts.mjs').Text} text
 * @returns {{ rule: string, reason: string }[]}
 */
export function problemsOf({ kind, text }) {
  if (kind === 'name') return matches(NAMES, text).map(([, hint]) => ({ rule: 'name', reason: `use ${hint}` }));
  return [...opener(kind, text), ...phrases(text), ...(kind === 'doc' ? lengths(text) : [])];
}

function opener(kind, text) {
  const openers = { doc: DOC_OPENERS, title: TITLE_OPENERS, comment: OPENERS }[kind];
  const first = new RegExp(`^(?:${openers})\\b(?!-)`, 'i').exec(text)?.[0];
  return first === undefined ? [] : [{ rule: `${kind}-opener`, reason: `do not begin with "${first}"` }];
}

function phrases(text) {
  const prose = withoutCode(text);
  return matches(PHRASES, prose).map(([pattern, hint]) => ({
    rule: 'phrase',
    reason: `"${pattern.exec(prose)?.[0].trim()}": use ${hint}`,
  }));
}

function lengths(text) {
  return sentences(withoutCode(text))
    .map((sentence) => sentence.split(' ').filter((word) => /\w/.test(word)).length)
    .filter((words) => words > MOST_WORDS)
    .map((words) => ({ rule: 'sentence-length', reason: `a sentence has ${words} words; at most ${MOST_WORDS}` }));
}

/** Sentences of a text. A block tag such as `@param` begins a new one, and a list item too. */
function sentences(text) {
  return text.split(/(?<=[.!?])(?<!e\.g\.|i\.e\.)\s+|(?<=[:;])\s+(?=[A-Z"'(§])|\s(?=@\w)|\s(?:-|\d\.)\s/);
}

/** Replaces code and quotations by one word each: their words are not ours. */
function withoutCode(text) {
  return text.replaceAll(/`[^`]*`|"[^"]*"|\$\{[^}]*\}/g, '§x');
}

function matches(rules, text) {
  return rules.filter(([pattern]) => pattern.test(text));
}
