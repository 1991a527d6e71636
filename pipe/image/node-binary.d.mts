export interface PackageItem {
  readonly name: string;
  readonly nameOffset: number;
  /** Offset in the binary. */
  readonly offset: number;
  /** Bytes, with the padding before the next item. */
  readonly size: number;
}
export function withoutSymbols(elf: Buffer): Buffer;
export function withEnglishOnly(binary: Buffer): Buffer;
export function readPackage(binary: Buffer): { readonly table: number; readonly items: readonly PackageItem[] };
