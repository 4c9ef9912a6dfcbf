/** Daily's client, in a chunk of its own (daily-*.js) that only video calls load. The browser tests replace that chunk. */
import Daily, { type DailyCall, type DailyFactoryOptions } from '@daily-co/daily-js';

export function createCallObject(options: DailyFactoryOptions): DailyCall {
  return Daily.createCallObject(options);
}
