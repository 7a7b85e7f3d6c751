// Reads {token, key, ours: [{timestamp, nonce, encrypted, signature}], theirs: [{message, id}]}
// and says what WeCom's own library makes of it: what it reads in ours, and
// what it writes of theirs.
const { getSignature, decrypt, encrypt } = require('@wecom/crypto');

const input = JSON.parse(require('fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify({
  ours: input.ours.map(({ timestamp, nonce, encrypted }) => ({
    signature: getSignature(input.token, timestamp, nonce, encrypted),
    ...decrypt(input.key, encrypted),
  })),
  theirs: input.theirs.map(({ message, id }) => {
    const encrypted = encrypt(input.key, message, id);
    return { encrypted, signature: getSignature(input.token, '1', '2', encrypted) };
  }),
}));
