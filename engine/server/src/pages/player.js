// Plays samples while they arrive, and again afterwards.

/** Seconds between scheduling and sound: enough for the audio thread, too little to notice. */
const LEAD = 0.02;
/** Seconds of sound to gather after a gap, so that one gap does not become many. */
const REGAIN = 0.15;

export class Player extends EventTarget {
  #context = null;
  #rate = 0;
  #chunks = [];
  #total = 0;
  /** What is scheduled: sources, and where in the sound and in time they begin. */
  #parts = [];
  #next = 0;
  #isWhole = false;
  #isOn = false;
  gaps = 0;

  /** A new sound. Call it from a click or a key press: browsers allow sound only then. */
  open(rate) {
    this.#silence();
    this.#chunks = [];
    this.#total = 0;
    this.#isWhole = false;
    this.gaps = 0;
    if (this.#context === null || this.#rate !== rate) {
      this.#context?.close();
      // The context runs at the sound's rate: the browser resamples once, not each chunk with a click between.
      this.#context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
      this.#rate = rate;
    }
    this.#isOn = true;
    return this.#context.resume();
  }

  /** More of the sound. */
  push(samples) {
    if (samples.length === 0) return;
    const start = this.#total;
    this.#chunks.push({ samples, start });
    this.#total += samples.length;
    if (!this.#isOn) return;
    const now = this.#context.currentTime;
    const isFirst = this.#parts.length === 0;
    if (this.#next < now + LEAD / 2) {
      if (!isFirst && start > 0) this.gaps += 1;
      this.#next = now + (isFirst ? LEAD : REGAIN);
    }
    this.#schedule(samples, start);
  }

  /** That was all of it. */
  end() {
    this.#isWhole = true;
    if (this.#isOn && this.position >= this.duration - 0.001) this.#finish();
  }

  get duration() {
    return this.#rate === 0 ? 0 : this.#total / this.#rate;
  }

  /** Seconds into the sound. */
  get position() {
    if (this.#context === null) return 0;
    const now = this.#context.currentTime;
    let position = this.#parts.length > 0 ? this.#parts[0].start / this.#rate : 0;
    for (const part of this.#parts) {
      if (part.time > now) break;
      position = part.start / this.#rate + Math.min(now - part.time, part.seconds);
    }
    return Math.min(position, this.duration);
  }

  get isPlaying() {
    return this.#isOn && this.#context?.state === "running";
  }

  async toggle() {
    if (this.#total === 0) return;
    if (!this.#isOn) await this.seek(this.#isWhole && this.position >= this.duration - 0.05 ? 0 : this.position, true);
    else if (this.#context.state === "running") await this.#context.suspend();
    else await this.#context.resume();
    this.dispatchEvent(new Event("change"));
  }

  /** Goes on from there, if it plays or shall. */
  async seek(seconds, andPlay = this.#isOn) {
    this.#silence();
    const from = Math.max(0, Math.min(Math.round(seconds * this.#rate), this.#total));
    this.#isOn = andPlay;
    this.#next = this.#context.currentTime + LEAD;
    if (!andPlay) {
      this.#parts = [{ start: from, time: Infinity, seconds: 0, source: null }];
      return;
    }
    for (const { samples, start } of this.#chunks) {
      if (start + samples.length <= from) continue;
      const skip = Math.max(0, from - start);
      this.#schedule(samples.subarray(skip), start + skip);
    }
    await this.#context.resume();
    if (this.#parts.length === 0 && this.#isWhole) this.#finish();
  }

  /** Silence; what has arrived stays. */
  stop() {
    const position = this.position;
    if (this.#context !== null) this.seek(position, false);
    this.#isWhole = true;
    this.dispatchEvent(new Event("change"));
  }

  #schedule(samples, start) {
    if (samples.length === 0) return;
    const buffer = this.#context.createBuffer(1, samples.length, this.#rate);
    buffer.copyToChannel(samples, 0);
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#context.destination);
    source.start(this.#next);
    source.addEventListener("ended", () => {
      if (this.#isOn && this.#isWhole && this.#parts.at(-1)?.source === source) this.#finish();
    });
    const seconds = samples.length / this.#rate;
    this.#parts.push({ start, time: this.#next, seconds, source });
    this.#next += seconds;
  }

  #finish() {
    this.#silence();
    this.#isOn = false;
    this.#parts = [{ start: this.#total, time: Infinity, seconds: 0, source: null }];
    this.dispatchEvent(new Event("change"));
  }

  #silence() {
    for (const { source } of this.#parts) {
      if (source === null) continue;
      source.stop();
      source.disconnect();
    }
    this.#parts = [];
  }
}
