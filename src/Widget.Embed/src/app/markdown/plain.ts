/** An answer in one line: without citations, marks of lists and tables, and emphasis. */
export function withoutMarkup(markdown: string): string {
  return markdown.replace(/\[\d+\]|[*_`#|>]|^ *[-+] |-{3,}/gm, '');
}
