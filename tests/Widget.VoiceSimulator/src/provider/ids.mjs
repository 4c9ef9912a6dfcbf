// @ts-check
import { randomBytes } from 'node:crypto';

/** An id in the provider's format, such as `rtc_u0_9f2c…`. @param {string} prefix */
export const newId = (prefix) => `${prefix}_${randomBytes(12).toString('hex')}`;

export const unixNow = () => Math.floor(Date.now() / 1000);
