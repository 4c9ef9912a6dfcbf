import { describe, expect, it } from 'vitest';
import { VisitorMessage } from '../src/app/components/Messages';
import type { VisitorItem } from '../src/app/conversation';
import { isolate } from '../src/app/i18n';
import { withoutMarkup } from '../src/app/markdown/plain';
import type { Store } from '../src/app/store';
import { recipientName } from '../src/dictation/Bar';

describe('a text of another direction', () => {
  it('is isolated inside a sentence', () => {
    expect(isolate('Why?')).toBe('\u2068Why?\u2069');
  });

  it('is isolated where it says why a message was not sent', () => {
    const item: VisitorItem = { kind: 'visitor', clientId: 'a', text: 'x', refused: 'The message is empty.' };
    const store = { status: { value: { state: 'online' } }, busy: { value: false }, contactQuestion: {} };
    const shown = VisitorMessage({ item, store: store as unknown as Store, last: true, read: false });
    expect(JSON.stringify(shown)).toContain(`Not sent: ${isolate('The message is empty.')}`);
  });
});

describe('an answer in one line', () => {
  it('has no marks of lists, tables and emphasis', () => {
    const text = 'It **depends**:\n\n- Germany: 49 euros [1]\n* Well-known\n\n| from | to |\n|---|---|\n> `Kiel`';
    expect(withoutMarkup(text).replace(/\s+/g, ' ')).toBe('It depends: Germany: 49 euros Well-known from to Kiel');
  });
});

describe('who receives a dictation', () => {
  it('has the name that people know, if there is one', () => {
    expect(recipientName('api.openai.com')).toBe('OpenAI (api.openai.com)');
    expect(recipientName('transcription.example')).toBe('transcription.example');
  });
});
