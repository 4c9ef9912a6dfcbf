// Prints the claims of a token, or the event of a webhook, as LiveKit's own library reads them.
//   node verify.mjs token KEY SECRET TOKEN
//   node verify.mjs webhook KEY SECRET TOKEN BODY
import { TokenVerifier, WebhookReceiver } from "livekit-server-sdk";

const [kind, key, secret, token, body] = process.argv.slice(2);
if (kind === "token") {
  console.log(JSON.stringify(await new TokenVerifier(key, secret).verify(token)));
} else {
  const event = await new WebhookReceiver(key, secret).receive(body, token);
  console.log(JSON.stringify({ event: event.event, id: event.id, room: event.room?.name, identity: event.participant?.identity }));
}
