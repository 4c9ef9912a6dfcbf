import { afterEach, describe, expect, it } from 'vitest';
import type { Config, Question } from '../src/app/events';
import { locale } from '../src/app/i18n';
import type { PanelHost } from '../src/app/moduleHost';
import type { Memory } from '../src/app/storage';
import { askBelow, markDone, questionsBelow } from '../src/extras/questions/qualified';
import { answerOf, formFields, inputOf, optionsOf, problemOf, textOf } from '../src/extras/questions/questions';

const size: Question = {
  key: 'size',
  text: 'How many?',
  texts: { de: 'Wie viele?' },
  kind: 'choice',
  answers: [
    { value: 'one', label: 'One', labels: { de: 'Eins' } },
    { value: 'many', label: null },
  ],
};
const budget: Question = { key: 'budget', text: 'Budget?', kind: 'number' };
const soon: Question = { key: 'soon', text: 'Soon?', kind: 'boolean' };

afterEach(() => {
  locale.value = 'en';
});

describe('the form before the first message', () => {
  const fields = (config: Partial<Config>): string[] =>
    formFields(config as Config).map(
      ({ key, kind, label, required }) => `${key} ${kind} ${label}${required ? '*' : ''}`,
    );

  it('has the visitor’s address and the company’s questions, in their order', () => {
    const preChat = { fields: [{ field: 'email', required: true }, { field: 'size' }, { field: 'name' }] };
    expect(fields({ preChat, questions: [size] })).toEqual([
      'email email E-mail address*',
      'size choice How many?',
      'name name Name',
    ]);
  });

  it('leaves out what it does not know', () => {
    expect(fields({ preChat: { fields: [{ field: 'gone', required: true }] }, questions: [size] })).toEqual([]);
    expect([fields({}), fields({ preChat: null })]).toEqual([[], []]);
  });
});

describe('a question', () => {
  it('is asked in the visitor’s language, if there is such a text', () => {
    locale.value = 'de';
    expect([textOf(size), textOf(budget), optionsOf(size)]).toEqual([
      'Wie viele?',
      'Budget?',
      [
        { value: 'one', label: 'Eins' },
        { value: 'many', label: 'many' },
      ],
    ]);
  });

  it('whether something is so can be answered with the company’s own words', () => {
    expect(optionsOf(soon).map(({ label }) => label)).toEqual(['Yes', 'No']);
    const own = { ...soon, answers: [{ value: 'true', label: 'Sure' }, { value: 'false' }] };
    expect(optionsOf(own).map(({ label }) => label)).toEqual(['Sure', 'No']);
  });

  it('takes a number as people write it', () => {
    const field = { kind: 'number', required: true, options: [] } as const;
    for (const [text, number] of [
      ['40', 40],
      [' 1,200 ', 1200],
      ['1.200', 1200],
      ['1 200 000', 1200000],
      ['2,5', 2.5],
      ['-3.25', -3.25],
      ['١٢٠٠', 1200],
    ] as const)
      expect([problemOf(field, text), answerOf('number', text)], text).toEqual([undefined, number]);
    for (const text of ['many', '4x', '1-2']) expect(problemOf(field, text)).toBe('Enter a number.');
  });

  it('says what is missing only if it must be answered', () => {
    const field = { kind: 'text', options: [] } as const;
    expect(problemOf({ ...field, required: false }, ' ')).toBeUndefined();
    expect(problemOf({ ...field, required: true }, ' ')).toBe('Please fill this in.');
    expect(problemOf({ kind: 'choice', required: true, options: optionsOf(size) }, '')).toBe(
      'Please choose an answer.',
    );
    expect(problemOf({ kind: 'email', required: false, options: [] }, 'x')).toMatch(/name@example/);
  });

  it('is answered with a value of its kind', () => {
    expect([answerOf('boolean', 'true'), answerOf('boolean', 'false'), answerOf('choice', 'one')]).toEqual([
      true,
      false,
      'one',
    ]);
  });
});

describe('the questions below an answer', () => {
  let memory: Memory = {};
  const panel = {
    config: { value: { questions: [size, budget, soon] } },
    memory: {
      get: () => memory,
      set: (change: Memory) => {
        memory = { ...memory, ...change };
      },
    },
  } as unknown as PanelHost;
  const below = (messageId: string): string[] => questionsBelow(panel, messageId).map(({ key }) => key);
  afterEach(() => {
    memory = {};
  });

  it('are asked again when the visitor passed over them, but not for ever', () => {
    for (const id of ['m1', 'm2', 'm3']) {
      expect(below(id)).toEqual(['size', 'budget', 'soon']);
      askBelow(panel, id);
    }
    expect([below('m3'), below('m4')]).toEqual([['size', 'budget', 'soon'], []]);
  });

  it('are never asked twice, whether answered or skipped', () => {
    askBelow(panel, 'm1');
    markDone(panel, ['size']);
    expect(below('m1')).toEqual(['budget', 'soon']);
    markDone(panel, ['budget', 'soon']);
    expect(below('m1')).toEqual([]);
  });

  it('leave out what was asked before the first message', () => {
    markDone(panel, ['budget']);
    expect(below('m1')).toEqual(['size', 'soon']);
    askBelow(panel, 'm1');
    expect(below('m1')).toEqual(['size', 'soon']);
  });
});

describe('the field for an answer', () => {
  it('is one line with a keyboard of digits for a number', () => {
    expect(inputOf('number')).toEqual({ inputMode: 'decimal' });
    expect(inputOf('text')).toEqual({ lines: 2 });
  });
});
