/** Reads {secret, headers, body} from standard input. Prints the verified message, or fails. */
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

const { secret, headers, body } = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(new Webhook(secret).verify(body, headers)));
