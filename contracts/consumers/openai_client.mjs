// What a program written for OpenAI's service expects, asked of a kokoro server with the official Node client.
//
// Usage: node openai_client.mjs URL JUNIT_FILE [KEY]
// Every check is a case of the JUnit report; the exit status is 1 when one fails.

import assert from 'node:assert/strict';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import OpenAI from 'openai';
import { VERSION } from 'openai/version';

const [url, report, key = 'none'] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, timeout: 60_000 });

const TEXT = 'The quick brown fox jumps over the lazy dog.';
const LONG = 'This is a sentence of ordinary length, spoken to be listened to. '.repeat(6);

const bytesOf = async (answer) => Buffer.from(await answer.arrayBuffer());

const checks = {
  async 'speech as a file'() {
    const answer = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: TEXT, response_format: 'wav' });
    const wav = await bytesOf(answer);
    assert.equal(wav.toString('latin1', 0, 4), 'RIFF');
    assert.equal(wav.readUInt32LE(4), wav.length - 8);
    assert.equal(wav.readUInt32LE(24), 24_000);
  },
  async 'without a format a file a player knows'() {
    const answer = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: TEXT });
    const audio = await bytesOf(answer);
    const starts = { 'audio/wav': ['RIFF'], 'audio/mpeg': ['ID3', '\xff'] }[answer.headers.get('content-type')];
    assert.ok(starts.some((start) => audio.toString('latin1').startsWith(start)));
  },
  async 'streaming to a file'() {
    const folder = await mkdtemp(join(tmpdir(), 'kokoro-'));
    try {
      const path = join(folder, 'speech.pcm');
      const answer = await client.audio.speech.create({ model: 'tts-1', voice: 'nova', input: LONG, response_format: 'pcm' });
      assert.equal(answer.headers.get('content-length'), null);
      await pipeline(Readable.fromWeb(answer.body), createWriteStream(path));
      assert.ok((await stat(path)).size > 48_000 * 5);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  async 'events'() {
    const answer = await client.audio.speech.create({
      model: 'gpt-4o-mini-tts', voice: 'coral', input: TEXT, response_format: 'pcm', stream_format: 'sse',
    });
    assert.match(answer.headers.get('content-type'), /^text\/event-stream/);
    const events = (await answer.text())
      .split('\n')
      .filter((line) => line.startsWith('data: '))
      .map((line) => JSON.parse(line.slice('data: '.length)));
    const last = events.pop();
    assert.equal(last.type, 'speech.audio.done');
    assert.ok(last.usage.total_tokens > TEXT.length);
    assert.ok(events.every((event) => event.type === 'speech.audio.delta'));
    const audio = Buffer.concat(events.map((event) => Buffer.from(event.audio, 'base64')));
    assert.ok(audio.length > 48_000);
  },
  async 'mistakes are bad requests'() {
    for (const [request, param] of [
      [{ voice: 'nobody', input: TEXT }, 'voice'],
      [{ voice: 'alloy', input: '' }, 'input'],
      [{ voice: 'alloy', input: TEXT, speed: 9 }, 'speed'],
      [{ voice: 'alloy', input: TEXT, response_format: 'aac' }, 'response_format'],
    ]) {
      await assert.rejects(client.audio.speech.create({ model: 'tts-1', ...request }), (error) => {
        assert.ok(error instanceof OpenAI.BadRequestError, `${error}`);
        assert.equal(error.param, param);
        assert.equal(error.type, 'invalid_request_error');
        assert.ok(error.code && error.requestID);
        return true;
      });
    }
  },
  async 'models'() {
    const [model] = (await client.models.list()).data;
    assert.equal((await client.models.retrieve(model.id)).id, model.id);
    await assert.rejects(client.models.retrieve('no-such-model'), OpenAI.NotFoundError);
  },
};

const quoted = (text) =>
  text.replace(/[&<>"\n]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const cases = [];
let failures = 0;
for (const [name, check] of Object.entries(checks)) {
  const begun = performance.now();
  let failure = '';
  try {
    await check();
  } catch (error) {
    failures += 1;
    console.error(error);
    failure = `<failure message="${quoted(`${error}`.slice(0, 500))}"/>`;
  }
  console.error(failure ? 'failed' : 'passed', name);
  const seconds = ((performance.now() - begun) / 1000).toFixed(3);
  cases.push(`<testcase classname="openai-node ${VERSION}" name="${name}" time="${seconds}">${failure}</testcase>`);
}
await writeFile(
  report,
  `<?xml version="1.0"?>\n<testsuites><testsuite name="openai-node" tests="${cases.length}" failures="${failures}">${cases.join('')}</testsuite></testsuites>\n`,
);
process.exitCode = failures > 0 ? 1 : 0;
