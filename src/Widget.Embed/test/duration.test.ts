import { expect, it } from 'vitest';
import { duration } from '../src/app/duration';

it('formats a duration like a clock', () => {
  expect([0, 7.4, 59.6, 247, 3723, -5].map(duration)).toEqual(['0:00', '0:07', '1:00', '4:07', '1:02:03', '0:00']);
});
