/** People of the company's team in the conversation. Loaded when a visitor first waits for one or talked to one. */
export { Attach } from './Attach';
export { Files } from './Files';
export { PersonHead } from './Head';
export { People } from './Line';
export { Presence } from './Presence';
