import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

// The limit: reads the body, parses it, checks the signature and answers. Nothing is stored.

const key = process.env.MAILGUN_WEBHOOK_SIGNING_KEY;

function isSigned({ timestamp, token, signature }) {
  const expected = createHmac('sha256', key).update(`${timestamp}${token}`).digest();
  const given = Buffer.from(signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

let accepted = 0;

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ processed: accepted }));
    return;
  }
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString());
    const signed = isSigned(body.signature);
    if (signed) accepted += 1;
    const answer = signed ? '{"received":true}' : '{"error":"invalid_signature"}';
    response.writeHead(signed ? 200 : 406, {
      'content-type': 'application/json',
      'content-length': answer.length,
    });
    response.end(answer);
  });
});

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('SIGTERM', () => process.exit(0));
