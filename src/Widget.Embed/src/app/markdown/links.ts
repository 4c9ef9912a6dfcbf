const allowedProtocols = ['https:', 'http:', 'mailto:', 'tel:'];

/** The URL if an answer may link to it; undefined otherwise. */
export function safeUrl(address: string): string | undefined {
  try {
    const url = new URL(address);
    return allowedProtocols.includes(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
