#!/usr/bin/env node
// @sigstore/bundle reads our bundles, @sigstore/verify verifies them, and both refuse changed ones.
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { bundleFromJSON, bundleToJSON } = require('@sigstore/bundle');
const { Verifier, toSignedEntity, toTrustMaterial } = require('@sigstore/verify');

const vectors = path.join(process.env.CAWS_VECTORS, 'attest');
let failures = 0;

function test(name, holds, why) {
  if (!holds) failures += 1;
  console.log(holds ? `ok ${name}` : `not ok ${name}: ${why || 'it does not hold'}`);
}

const key = (name) => crypto.createPublicKey(fs.readFileSync(path.join(vectors, `${name}.pub`)));
const hint = (publicKey) =>
  crypto.createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64');

// The code of the refusal, or null where the bundle is accepted. Keys are found by the bundle's own hint.
function refusal(json, publicKey, known = hint(publicKey)) {
  const root = { tlogs: [], ctlogs: [], certificateAuthorities: [], timestampAuthorities: [] };
  const find = (wanted) => {
    if (wanted !== known) throw Object.assign(new Error(`key not found: ${wanted}`), { code: 'PUBLIC_KEY_ERROR' });
    return { publicKey, validFor: () => true };
  };
  const verifier = new Verifier(toTrustMaterial(root, find), { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 });
  try {
    verifier.verify(toSignedEntity(bundleFromJSON(json)));
    return null;
  } catch (error) {
    return error.code || error.constructor.name;
  }
}

for (const name of ['p256', 'ed25519']) {
  const read = () => JSON.parse(fs.readFileSync(path.join(vectors, `${name}.sigstore.json`)));
  const [own, other] = [key(name), key(name === 'p256' ? 'ed25519' : 'p256')];
  test(`${name}: the bundle verifies`, refusal(read(), own) === null, refusal(read(), own));
  const again = bundleToJSON(bundleFromJSON(read()));
  // They leave out empty lists, as protobuf's JSON may.
  again.verificationMaterial.tlogEntries ??= [];
  test(`${name}: it is the bundle they would write`, JSON.stringify(sorted(again)) === JSON.stringify(sorted(read())));
  test(`${name}: the hint is the digest of the key`, read().verificationMaterial.publicKey.hint === hint(own));

  const refused = (what, change, code, publicKey = own, known = undefined) => {
    const json = read();
    change(json);
    const found = refusal(json, publicKey, known);
    test(`${name}: ${what} is refused`, code.includes(found), `expected ${code.join(' or ')}, found ${found}`);
  };
  const flip = (base64) => {
    const bytes = Buffer.from(base64, 'base64');
    bytes[bytes.length - 1] ^= 1;
    return bytes.toString('base64');
  };
  const signed = ['SIGNATURE_ERROR'];
  refused('a changed payload', (b) => { b.dsseEnvelope.payload = flip(b.dsseEnvelope.payload); }, signed);
  refused('a changed type', (b) => { b.dsseEnvelope.payloadType = 'application/json'; }, signed);
  refused('a changed signature', (b) => {
    b.dsseEnvelope.signatures[0].sig = flip(b.dsseEnvelope.signatures[0].sig);
  }, signed);
  refused('another key under the same hint', () => {}, signed, other, hint(own));
  refused('a changed hint', (b) => { b.verificationMaterial.publicKey.hint = hint(other); }, ['PUBLIC_KEY_ERROR']);
  refused('a bundle without a signature', (b) => { b.dsseEnvelope.signatures = []; }, ['ValidationError']);
  refused('an unknown version', (b) => { b.mediaType = 'application/vnd.dev.sigstore.bundle.v9+json'; }, ['ValidationError']);
}

// What the command line signs: the same, for each kind of statement.
const cli = path.join(process.env.CAWS_VECTORS, 'cli');
const bundles = fs.readdirSync(cli).filter((name) => name.endsWith('.sigstore.json')).sort();
for (const name of bundles) {
  const own = crypto.createPublicKey(fs.readFileSync(path.join(cli, `${name.split('.')[0]}.pub`)));
  const read = () => JSON.parse(fs.readFileSync(path.join(cli, name)));
  test(`cli ${name}: the bundle verifies`, refusal(read(), own) === null, refusal(read(), own));
  const changed = read();
  changed.dsseEnvelope.payload = Buffer.from(Buffer.from(changed.dsseEnvelope.payload, 'base64').toString().replace('{', '{ ')).toString('base64');
  const found = refusal(changed, own);
  test(`cli ${name}: a changed payload is refused`, found === 'SIGNATURE_ERROR', `found ${found}`);
}
test('cli: six bundles of each key', bundles.length === 12, `${bundles.length} bundles`);

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.keys(value).sort().map((name) => [name, sorted(value[name])]));
}

process.exit(failures > 0 ? 1 : 0);
