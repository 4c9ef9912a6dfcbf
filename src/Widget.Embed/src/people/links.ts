/** Web addresses in plain text. */
import { safeUrl } from '../app/markdown/links';

export interface TextPart {
  text: string;
  /** The address, if the text is one. */
  href?: string | undefined;
}

/** Punctuation at the end of an address belongs to the sentence; a closing bracket only if none was opened. */
export function withLinks(text: string): TextPart[] {
  return text.split(/(\b(?:https?:\/\/|www\.)[^\s<>"]+)/i).flatMap((part, i): TextPart[] => {
    if (i % 2 === 0) return part === '' ? [] : [{ text: part }];
    const tail = /[.,;:!?'"»”…]*$/.exec(part)?.[0] ?? '';
    let address = part.slice(0, part.length - tail.length);
    if (address.endsWith(')') && !address.includes('(')) address = address.slice(0, -1);
    const href = safeUrl(/^www\./i.test(address) ? `https://${address}` : address);
    const rest = part.slice(address.length);
    return [{ text: address, href }, ...(rest === '' ? [] : [{ text: rest }])];
  });
}
