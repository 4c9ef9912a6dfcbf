/** The company's questions, and what the visitor answers. */
import type { Config, Question } from '../../app/events';
import { locale } from '../../app/i18n';
import { isEmail } from '../Field';
import { questionWords } from './words';

/** The answers as the API takes them, by the question's key. */
export type Answers = Record<string, string | number | boolean>;

/** A field of the form before the first message. */
export interface FormField {
  key: string;
  label: string;
  kind: 'name' | 'email' | 'phone' | Question['kind'];
  required: boolean;
  options: readonly Option[];
}

export interface Option {
  value: string;
  label: string;
}

export function textOf({ text, texts }: Question): string {
  return texts?.[locale.value] ?? text;
}

/** What can be chosen; empty if the answer is written. */
export function optionsOf({ kind, answers }: Question): Option[] {
  const t = questionWords.value;
  const given = (answers ?? []).map(({ value, label, labels }) => ({
    value,
    label: labels?.[locale.value] ?? label ?? value,
  }));
  if (kind === 'choice') return given;
  if (kind !== 'boolean') return [];
  // With the company's own words for yes and no, if it has any.
  const labelOf = (value: string, standard: string): string => {
    const own = given.find((option) => option.value === value)?.label;
    return own && own !== value ? own : standard;
  };
  return [
    { value: 'true', label: labelOf('true', t.yes) },
    { value: 'false', label: labelOf('false', t.no) },
  ];
}

/** The fields of the form. A key that belongs to no question is left out. */
export function formFields({ preChat, questions = [] }: Config): FormField[] {
  const t = questionWords.value;
  return (preChat?.fields ?? []).flatMap(({ field: key, required = false }): FormField[] => {
    if (key === 'name' || key === 'email' || key === 'phone')
      return [{ key, label: t[key], kind: key, required, options: [] }];
    const question = questions.find((other) => other.key === key);
    return question
      ? [{ key, label: textOf(question), kind: question.kind, required, options: optionsOf(question) }]
      : [];
  });
}

/** The field for a written answer: a few lines, or one for a number, with its keyboard. */
export function inputOf(kind: Question['kind']): { lines?: number; inputMode?: 'decimal' } {
  return kind === 'number' ? { inputMode: 'decimal' } : { lines: 2 };
}

/** What is wrong with a field's content; undefined if it can be sent. */
export function problemOf(
  { kind, required, options }: Pick<FormField, 'kind' | 'required' | 'options'>,
  text: string,
): string | undefined {
  const t = questionWords.value;
  if (text.trim() === '') return required ? (options.length > 0 ? t.choose : t.missing) : undefined;
  if (kind === 'email' && !isEmail(text)) return t.emailInvalid;
  return kind === 'number' && Number.isNaN(numberOf(text)) ? t.numberInvalid : undefined;
}

export function answerOf(kind: FormField['kind'], text: string): string | number | boolean {
  if (kind === 'number') return numberOf(text);
  return kind === 'boolean' ? text === 'true' : text.trim();
}

/** Numbers as people write them: 1,200 or 1.200 or ١٢٠٠. NaN if it is none. */
function numberOf(text: string): number {
  const digits = text
    .trim()
    .replace(/[\u0660-\u0669]/g, (digit) => String(digit.charCodeAt(0) - 0x660))
    .replace(/[\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) - 0x6f0))
    // A group of three digits behind a separator is a thousand.
    .replace(/(?<=\d)[.,\s\u00a0\u202f'٬](?=\d{3}(?!\d))/g, '')
    .replace(/[,٫]/, '.');
  return /^-?\d+(\.\d+)?$/.test(digits) ? Number(digits) : NaN;
}
