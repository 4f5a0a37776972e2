// The waveform: peaks of 10 ms, drawn as bars that fit the width.

const BAR = 3;
const GAP = 2;
/** Seconds the picture shows at least, so that the first word does not fill it. */
const LEAST_SECONDS = 3;

export class Wave {
  #canvas;
  #peaks = [];
  #samples = 0;
  #rate = 24_000;
  #peak = 0;
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
    this.#peaks = [];
    this.#samples = 0;
    this.#peak = 0;
    this.#filled = 0;
    this.#rate = rate;
    this.heard = 0;
    this.isWhole = false;
  }

  push(samples) {
    const size = Math.round(this.#rate / 100);
    for (const sample of samples) {
      this.#peak = Math.max(this.#peak, Math.abs(sample));
      this.#filled += 1;
      if (this.#filled === size) {
        this.#peaks.push(this.#peak);
        this.#peak = 0;
        this.#filled = 0;
      }
    }
    this.#samples += samples.length;
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
    const shown = this.isWhole ? this.#peaks.length : Math.max(this.#peaks.length, LEAST_SECONDS * 100);
    const heard = this.heard * this.#peaks.length;
    const loudest = this.#peaks.reduce((most, peak) => Math.max(most, peak), 0.25);
    for (let bar = 0; bar < bars; bar += 1) {
      const from = Math.floor((bar * shown) / bars);
      const to = Math.max(from + 1, Math.floor(((bar + 1) * shown) / bars));
      const peak = this.#peaks.slice(from, to).reduce((most, one) => Math.max(most, one), -1);
      const tall = peak < 0 ? BAR : Math.max(BAR, (peak / loudest) * (height - 4));
      pen.fillStyle = peak < 0 ? empty : from < heard ? played : waiting;
      pen.beginPath();
      pen.roundRect(bar * (BAR + GAP), (height - tall) / 2, BAR, tall, BAR / 2);
      pen.fill();
    }
  }
}
