/** The items of two lists side by side, as far as the first one goes. */
export function pairs<One, Other>(ones: readonly One[], others: readonly Other[]): (readonly [One, Other])[] {
  return ones.flatMap((one, index) => others.slice(index, index + 1).map((other) => [one, other] as const));
}
