/**
 * Accepts every e-mail on the given port of this machine, until standard input ends. Prints each as a line of JSON:
 * {from, to, subject, text, html, attachments: [{name, type, text}]}. The first line is {ready: true}.
 */
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  onData(stream, _, done) {
    simpleParser(stream).then(
      ({ from, to, subject, text, html, attachments }) => {
        print({
          from: from?.text,
          to: to?.text,
          subject,
          text,
          html: html || null,
          attachments: attachments.map(({ filename, contentType, content }) => ({
            name: filename ?? null,
            type: contentType,
            text: content.toString('utf8'),
          })),
        });
        done();
      },
      (error) => done(error),
    );
  },
});
server.on('error', (error) => {
  console.error(error);
  process.exit(1);
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => print({ ready: true }));
process.stdin.on('end', () => process.exit()).resume();
