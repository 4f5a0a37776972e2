// PCM: bytes of a stream to samples, samples to a file.

/** Hertz of the server's PCM where its media type does not say. */
export const SAMPLE_RATE = 24_000;

/** The rate that a media type such as `audio/pcm; rate=24000` names. */
export function rateOf(mediaType) {
  const found = /;\s*rate="?(\d+)/i.exec(mediaType ?? "");
  return found ? Number(found[1]) : SAMPLE_RATE;
}

/** Signed 16-bit little-endian samples from pieces of any length; half a sample waits for its other half. */
export class Samples {
  #rest = new Uint8Array(0);

  read(bytes) {
    const all = new Uint8Array(this.#rest.length + bytes.length);
    all.set(this.#rest);
    all.set(bytes, this.#rest.length);
    const count = all.length >> 1;
    this.#rest = all.slice(count * 2);
    const view = new DataView(all.buffer);
    const samples = new Float32Array(count);
    for (let i = 0; i < count; i += 1) samples[i] = view.getInt16(i * 2, true) / 32768;
    return samples;
  }
}

/** A RIFF/WAVE file around PCM bytes, with true sizes. */
export function wavFile(pieces, rate) {
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const head = new DataView(new ArrayBuffer(44));
  const text = (at, word) => [...word].forEach((letter, i) => head.setUint8(at + i, letter.charCodeAt(0)));
  text(0, "RIFF");
  head.setUint32(4, 36 + length, true);
  text(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, rate, true);
  head.setUint32(28, rate * 2, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, "data");
  head.setUint32(40, length, true);
  return new Blob([head, ...pieces], { type: "audio/wav" });
}
