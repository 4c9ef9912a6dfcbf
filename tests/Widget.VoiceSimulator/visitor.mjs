// @ts-check
/**
 * A visitor's browser for tests that are not written in JavaScript: commands come in as lines of JSON, what happens goes out the same way.
 *
 * In: {offer: true}, {answer: sdp}, {say: text}, {send: event}, {heard: true}, {leave: true}
 * Out: {offer: sdp}, {accepted: true}, {said: text}, {event}, {unsent: reason}, {heard: seconds}, {closed: true}
 */
import { createInterface } from 'node:readline';
import { Visitor } from './test/visitor.mjs';

/** @param {object} line */
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const visitor = new Visitor();
visitor.channel.addEventListener('message', (/** @type {MessageEvent} */ message) =>
  tell({ event: JSON.parse(String(message.data)) }),
);
void visitor.closed.then(() => tell({ closed: true }));

/** A call may be ended while its page still sends; the page lives on. @param {object} event */
function send(event) {
  try {
    visitor.send(event);
  } catch (error) {
    tell({ unsent: String(error) });
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (command.offer) tell({ offer: await visitor.offer() });
  else if (command.answer) {
    await visitor.accept(command.answer);
    tell({ accepted: true });
  } else if (command.say) void visitor.say(command.say).then(() => tell({ said: command.say }));
  else if (command.send) send(command.send);
  else if (command.heard) tell({ heard: visitor.heardSeconds });
  else if (command.leave) {
    visitor.leave();
    break;
  }
}
visitor.leave();
process.exit();
