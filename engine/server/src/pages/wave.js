// The waveform: power of each 10 ms, drawn as bars that fit the width. Peaks would all be as tall as the limiter lets them.

const BAR = 3;
const GAP = 2;
/** Seconds the picture shows at least, so that the first word does not fill it. */
const LEAST_SECONDS = 3;
/** A level that is drawn in full height at least, so that noise does not look like speech. */
const QUIET = 0.05;

export class Wave {
  #canvas;
  #powers = [];
  #rate = 24_000;
  #sum = 0;
  #filled = 0;

  constructor(canvas) {
    this.#canvas = canvas;
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /** How far the sound has been heard, 0 to 1. */
  heard = 0;
  isWhole = false;

  reset(rate) {
    this.#powers = [];
    this.#sum = 0;
    this.#filled = 0;
    this.#rate = rate;
    this.heard = 0;
    this.isWhole = false;
  }

  push(samples) {
    const size = Math.round(this.#rate / 100);
    for (const sample of samples) {
      this.#sum += sample * sample;
      this.#filled += 1;
      if (this.#filled === size) {
        this.#powers.push(this.#sum / size);
        this.#sum = 0;
        this.#filled = 0;
      }
    }
  }

  draw() {
    const canvas = this.#canvas;
    const scale = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0) return;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    const style = getComputedStyle(canvas);
    const [played, waiting, empty] = ["--wave-played", "--wave-waiting", "--wave-empty"].map((name) => style.getPropertyValue(name).trim());

    const bars = Math.floor((width + GAP) / (BAR + GAP));
    const shown = this.isWhole ? this.#powers.length : Math.max(this.#powers.length, LEAST_SECONDS * 100);
    const heard = this.heard * this.#powers.length;
    const levels = Array.from({ length: bars }, (_, bar) => {
      const from = Math.floor((bar * shown) / bars);
      const part = this.#powers.slice(from, Math.max(from + 1, Math.floor(((bar + 1) * shown) / bars)));
      return { from, level: part.length > 0 ? Math.sqrt(part.reduce((sum, power) => sum + power, 0) / part.length) : -1 };
    });
    const loudest = levels.reduce((most, { level }) => Math.max(most, level), QUIET);
    for (const [bar, { from, level }] of levels.entries()) {
      const tall = level < 0 ? BAR : Math.max(BAR, (level / loudest) * (height - 4));
      pen.fillStyle = level < 0 ? empty : from < heard ? played : waiting;
      pen.beginPath();
      pen.roundRect(bar * (BAR + GAP), (height - tall) / 2, BAR, tall, BAR / 2);
      pen.fill();
    }
  }
}
