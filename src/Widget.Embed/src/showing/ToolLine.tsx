import { Icon } from '../app/components/Icon';
import type { ToolCalled } from '../app/events';
import * as paths from './icons';
import { showingWords } from './words';

/** The assistant has used a tool of the company: its name, and whether it worked. */
export function ToolLine({ call: { name, success } }: { call: ToolCalled }) {
  const t = showingWords.value;
  return (
    <section class="tool-card" data-success={success} aria-label={t.tool}>
      <span class="badge-icon">
        <Icon name="tool" path={paths.gear} />
      </span>
      <span>
        <b dir="auto">{readableName(name)}</b>
        <span class="note">{success ? t.toolDone : t.toolFailed}</span>
      </span>
    </section>
  );
}

/** check_stock is "Check stock". A tool of an MCP server is named server__tool; the server says nothing to visitors. */
export function readableName(name: string): string {
  const words = (name.split('__').at(-1) ?? name).replace(/_+/g, ' ').trim() || name;
  return words.charAt(0).toUpperCase() + words.slice(1);
}
