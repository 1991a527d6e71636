/** One line as a value of YAML: plain if it reads the same, otherwise quoted as JSON. */
export function yamlText(line: string): string {
  return /^[A-Za-z./][^:#]*(?::(?! )[^:#]*)*$/.test(line) ? line : JSON.stringify(line);
}
