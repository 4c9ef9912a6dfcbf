/**
 * What the loader needs only on some pages. It has no bytes to spare for the names of two modules, and an import on demand would load the
 * panel, which has the code for such imports.
 */
import type { Host } from '../contract';
import { start } from '../triggers/triggers';
import { explain, type explanations } from './mistakes';

/** Explains a mistake, or starts the messages beside the launcher. */
export function run(kind: keyof typeof explanations | 'triggers', value: object): void {
  if (kind === 'triggers') start(value as Host);
  else explain(kind, value);
}
