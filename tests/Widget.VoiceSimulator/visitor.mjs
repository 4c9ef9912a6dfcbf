// @ts-check
/**
 * A visitor's browser for tests in other languages. Reads commands and writes events as lines of JSON.
 *
 * In: {offer: true}, {answer: sdp}, {say: text}, {send: event}, {heard: true}, {leave: true}
 * Out: {offer: sdp}, {accepted: true}, {said: text}, {event}, {unsent: reason}, {heard: seconds}, {closed: true}
 */
import { createInterface } from 'node:readline';
import { Visitor } from './test/visitor.mjs';

/** @param {object} line */
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const visitor = new Visitor();
visitor.channel.addEventListener('message', (/** @type {MessageEvent} */ message) =>
  print({ event: JSON.parse(String(message.data)) }),
);
void visitor.closed.then(() => print({ closed: true }));

/** Survives sending on a call that has just ended. @param {object} event */
function send(event) {
  try {
    visitor.send(event);
  } catch (error) {
    print({ unsent: String(error) });
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.offer) print({ offer: await visitor.offer() });
  else if (command.answer) {
    await visitor.accept(command.answer);
    print({ accepted: true });
  } else if (command.say) void visitor.say(command.say).then(() => print({ said: command.say }));
  else if (command.send) send(command.send);
  else if (command.heard) print({ heard: visitor.heardSeconds });
  else if (command.leave) {
    visitor.leave();
    break;
  }
}
visitor.leave();
process.exit();
