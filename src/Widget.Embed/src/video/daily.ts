/** Daily's client, in a chunk of its own (daily-*.js) that only video calls load. The browser tests replace that chunk. */
import Daily, { type DailyCall, type DailyFactoryOptions } from '@daily-co/daily-js';

/** Daily's rooms are always served over HTTPS. A simulated room isn't Daily's, and its own page is shown instead. */
export function canJoin(url: string): boolean {
  return new URL(url).protocol === 'https:';
}

export function createCallObject(options: DailyFactoryOptions): DailyCall {
  return Daily.createCallObject(options);
}
