/** Daily's client, in a chunk of its own (daily-*.js): fetched for a call and for nothing else, and the place where tests put theirs. */
import Daily, { type DailyCall, type DailyFactoryOptions } from '@daily-co/daily-js';

export function createCallObject(options: DailyFactoryOptions): DailyCall {
  return Daily.createCallObject(options);
}
